import { expect, test } from 'vitest';
import { cutIdHint, missingIdHint } from './cut-id.ts';
import { main } from './main.ts';
import { createOutput } from './output.ts';
import { tellMissing } from './shop-log/entity-name.ts';
import { readLogLine } from './supervisor/log-line.ts';

const id = 'k3jabcdefghijklmnopqrstuvw';
const cut = readLogLine(JSON.stringify({ msg: 'OrderPlaced', entity: `order/${id}` }))
  .text.split(' ')
  .at(-1);
const told = '26 characters';

test('an id as the terminal shows it is known by its dots, and where nothing is found, without them', () => {
  expect(cut).toBe('k3jabc…');
  for (const typed of ['k3jabc…', 'order/k3jabc…']) expect(cutIdHint(typed)).toContain(told);
  for (const typed of ['k3jabc', 'order/k3jabc']) expect(missingIdHint(typed)).toContain(told);
  for (const typed of [id, `order/${id}`, 'tea-01', 'op-1', ''])
    expect([cutIdHint(typed), missingIdHint(typed)]).toEqual(['', '']);
});

async function said(...argv: string[]): Promise<{ code: number; err: string }> {
  let err = '';
  const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (err += text) } };
  return { code: await main(argv, {}, streams), err };
}

test.each([
  ['trace', 'k3jabc…'],
  ['why', 'k3jabc…'],
  ['state', 'orders', 'order/k3jabc…'],
])('%s says of an id that was copied that it is cut', async (...argv) => {
  const { code, err } = await said(...argv);
  expect(code).toBe(2);
  expect(err).toContain(told);
});

test('a word of six letters where an entity belongs is no cut id: what is missing is said', async () => {
  expect((await said('state', 'payments', 'charge')).err).not.toContain(told);
});

test('of an entity that is not there it is said, and of one that begins later it is not', () => {
  let err = '';
  const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (err += text) } };
  const entity = { service: 'orders', name: 'order/k3jabc' };
  tellMissing(createOutput(false, streams), { ...entity, existsLater: true });
  expect(err).not.toContain(told);
  tellMissing(createOutput(false, streams), { ...entity, existsLater: false });
  expect(err).toContain(told);
});
