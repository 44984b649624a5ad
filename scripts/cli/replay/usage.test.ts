import { expect, test } from 'vitest';
import { main } from '../main.ts';

async function refrain(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const streams = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  };
  return { code: await main(argv, { REFRAIN_DATA: '/nowhere' }, streams), out, err };
}

test.each([
  ['unknown service "pay", expected one of orders, payments', ['replay', 'pay']],
  ['unknown service "pay", expected one of orders, payments', ['diff', 'pay', 'charge/x']],
  ['unknown entity type of payments "order"', ['replay', 'payments', '--entity', 'order/x']],
  ['unknown entity type of payments "order"', ['diff', 'payments', 'order/x']],
  ['expected <service> <entityType>/<entityId>, found "payments"', ['diff', 'payments']],
  ['expected <entityType>/<entityId>, found "x"', ['replay', 'payments', '--entity', 'x']],
  ['Our ids have 26 characters', ['replay', 'payments', '--entity', 'charge/k3jabc…']],
  ['--from: expected a sequence from 1 on or a time', ['diff', 'payments', 'charge/x', '--from', 'soon']],
  ['--to: expected a sequence from 1 on or a time', ['replay', 'payments', '--to', '0']],
  ['--from is later than --to', ['diff', 'payments', 'charge/x', '--from', '9', '--to', '8']],
  ['--from is later than --to', ['replay', 'payments', '--from', '2030-01-02', '--to', '2030-01-01']],
  ['there is no tries', ['replay', 'payments', '--retry-rule', 'tries=3']],
  [
    'attempts: expected a whole number from 1 on, found 0',
    ['replay', 'payments', '--retry-rule', '{"attempts":0}'],
  ],
  ['maxDelayMs is below firstDelayMs', ['replay', 'payments', '--retry-rule', 'firstDelayMs=9,maxDelayMs=8']],
  ['that is no JSON', ['replay', 'payments', '--retry-rule', '{']],
  ['orders has no effects', ['replay', 'orders', '--retry-rule', 'attempts=3']],
  ['takes no --entity', ['replay', 'payments', '--retry-rule', 'attempts=3', '--entity', 'charge/x']],
])('%s: one line, and nothing was read', async (said, argv) => {
  const { code, out, err } = await refrain(...argv);
  expect(err).toContain(said);
  expect(err).toMatch(/^refrain (diff|replay)\b.* Nothing was read\.( .*)?\n$/);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});
