import { expect, test } from 'vitest';
import { cutIdHint } from './cut-id.ts';
import { main } from './main.ts';
import { readLogLine } from './supervisor/log-line.ts';

const id = 'k3jabcdefghijklmnopqrstuvw';
const shown = readLogLine(JSON.stringify({ msg: 'OrderPlaced', entity: `order/${id}` })).text;

test('an id as the terminal shows it, and its first six characters, are known for what they are', () => {
  const [cut = ''] = shown.split(' ').slice(-1);
  expect(cut).not.toBe(id);
  for (const typed of [cut, cut.slice(0, 6), `order/${cut}`]) expect(cutIdHint(typed)).toContain('logs/');
  for (const typed of [id, 'tea-01', 'op-1', '']) expect(cutIdHint(typed)).toBe('');
});

test.each([['trace'], ['why'], ['state', 'orders']])(
  '%s says so of one that was copied',
  async (...words) => {
    let said = '';
    const streams = { stdout: { write: () => true }, stderr: { write: (text: string) => (said += text) } };
    const typed = words.includes('orders') ? 'order/k3jabc…' : 'k3jabc…';
    expect(await main([...words, typed], {}, streams)).toBe(2);
    expect(said).toContain('26 characters');
  },
);
