import type { Call, Effect } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { effects } from './effects.ts';
import { fakeMailServer } from './gateway.fake.ts';
import { mail } from './mail.ts';

const orderId = 'ord-7';
const asked = { orderId, customer: { email: 'ada@example.org' }, about: 'completed' };
const call: Call = {
  key: 'op.1.send',
  keyOf: (step) => `op.1.${step}`,
  operationId: 'op',
  correlationId: orderId,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: new AbortController().signal,
  note: () => {},
};

function open() {
  const server = fakeMailServer();
  const [sending] = effects(server) as [Effect];
  return { server, sending, send: (data: object = asked) => sending.steps['send']?.(data, call, {}) };
}

test('that a mail went out is what comes back', async () => {
  const { server, send } = open();
  expect(await send()).toEqual(mail.recordSent({ orderId }));
  expect(server.mails).toMatchObject([{ orderId, to: 'ada@example.org', operationId: 'op' }]);
});

test.each([
  ['out_of_stock', 'in stock'],
  ['defect', 'on our side'],
  [undefined, 'on our side'],
])('a customer reads why an order was cancelled: %s', async (reason, words) => {
  const { server, send } = open();
  await send({ ...asked, about: 'cancelled', reason });
  expect(server.mails[0]?.text).toContain(words);
});

test('a known failure has its name in the contract, anything else is a defect', async () => {
  const { server, sending, send } = open();
  server.failNext('mail_unknown', { happens: true });
  const failure: unknown = await send()?.catch((error: unknown) => error);
  expect(sending.classify(failure)).toBe('mail_unknown');
  expect(sending.classify(new Error('?'))).toBeUndefined();
});
