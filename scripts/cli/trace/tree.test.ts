import { expect, test } from 'vitest';
import { registryOf } from '@refrain/runtime';
import { shopDefinitions } from '../supervisor/shop-topology.ts';
import { type FlowEvent, unsafeOperations } from './flow-events.ts';
import { linesOf } from './lines.ts';
import { treesOf } from './tree.ts';

const T = Date.parse('2030-01-01T00:00:00.000Z');
let n = 0;
const event = (type: string, cause: string, more: Partial<FlowEvent> = {}): FlowEvent => ({
  id: type,
  type,
  version: 1,
  cause,
  reaction: 'r',
  correlation: 'one',
  service: 'payments',
  entity: 'charge/one',
  seq: ++n,
  at: T + 10 * n,
  data: {},
  ...more,
});

const failure = {
  operation: 'op',
  n: 1,
  step: 'confirm',
  failure: 'provider_error',
  class: 'transient',
  happened: 'unknown',
  delayMs: 200.4,
  dueAt: '2030-01-01T00:00:00.215Z', // by a clock that is behind the log's
  reason: '500',
};

test('shows each event under its cause, what the world says under the operation, and siblings by time', () => {
  n = 0;
  const events = [
    event('OrderPlaced', 'request:x', { service: 'orders', entity: 'order/one' }),
    event('ChargeRequested', 'event:OrderPlaced', { operation: 'op' }),
    event('refrain.AttemptFailed', 'outcome:op:1:provider_error', { data: failure }),
    event('ReservationRequested', 'event:OrderPlaced', { service: 'inventory', entity: 'reservation/one' }),
    event('ChargeCaptured', 'outcome:op:2:ok', { at: T + 300 }),
    event('OrderCancelling', 'deadline:order/one:settle', {
      service: 'orders',
      entity: 'order/one',
      at: T + 20_000,
    }),
    event('Lost', 'event:elsewhere', { at: T + 30_000 }),
  ];
  const facts = [
    {
      kind: 'ledger',
      where: 'psp',
      operationId: 'op',
      at: T + 299,
      text: 'ledger: charge of 5.00 EUR (pi_1)',
    },
    { kind: 'call', where: 'psp', operationId: 'op', at: T + 299, text: 'call confirm: replayed' },
    { kind: 'call', where: 'psp', operationId: 'op', at: T + 25, text: 'call confirm: failed_after' },
  ] as const;
  expect(linesOf(treesOf({ events, facts, unsafe: new Set() }))).toEqual([
    '  0 ms  orders     OrderPlaced, because of a request',
    ' 10 ms  payments   ├─ ChargeRequested, operation op',
    ' 15 ms  psp        │  ├─ call confirm: failed_after',
    ' 20 ms  payments   │  ├─ attempt 1 failed at confirm: provider_error (transient, happened: unknown), the next one due after 200 ms at 00:00:00.230Z: 500',
    '289 ms  psp        │  ├─ call confirm: replayed',
    '289 ms  psp        │  ├─ ledger: charge of 5.00 EUR (pi_1)',
    '290 ms  payments   │  └─ ChargeCaptured, attempt 2: done',
    ' 30 ms  inventory  ├─ ReservationRequested',
    '20.0 s  orders     └─ OrderCancelling, because of the deadline settle',
    '30.0 s  payments   Lost',
  ]);
});

test('what a person says stands under what it is about', () => {
  n = 0;
  const said = { by: 'ada', host: 'here', why: 'seen to' };
  const events = [
    event('MailRequested', 'event:elsewhere', { operation: 'op' }),
    event('refrain.Verdict', 'outcome:op:1:happened', { data: { operation: 'op', happened: true, ...said } }),
    event('MailSent', 'outcome:op:1:happened'),
    event('refrain.Redrive', 'request:y', { data: { cause: 'event:MailSent', reaction: 'r', ...said } }),
  ];
  expect(linesOf(treesOf({ events, facts: [], unsafe: new Set() }))).toEqual([
    ' 0 ms  payments  MailRequested, operation op',
    '10 ms  payments  ├─ ada said that it happened: seen to',
    '20 ms  payments  └─ MailSent, attempt 1: it happened, says who was asked',
    '30 ms  payments     └─ ada drove it again: seen to',
  ]);
});

test('no next attempt is promised of a call that nothing outside protects, once it may have been made', () => {
  n = 0;
  const failed = (happened: string) =>
    event('refrain.AttemptFailed', 'outcome:op:1:provider_error', { data: { ...failure, happened } });
  const sayOf = (happened: string) =>
    linesOf(treesOf({ events: [failed(happened)], facts: [], unsafe: new Set(['op']) })).join('');
  expect(sayOf('unknown')).toContain(
    'not attempted again by itself, since nothing outside would keep it from happening twice: 500',
  );
  expect(sayOf('no')).toContain('the next one due after 200 ms');
});

test('the shop has one call that nothing outside protects: the mail', () => {
  const begun = (service: string, type: string) => ({ service, type, operation: `${type}'s` });
  const events = [
    begun('notifications', 'MailRequested'),
    begun('payments', 'ChargeRequested'),
    { service: 'notifications', type: 'MailSent' },
  ];
  expect([...unsafeOperations(events, shopDefinitions().map(registryOf))]).toEqual(["MailRequested's"]);
});
