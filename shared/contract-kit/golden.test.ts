import { expect, test } from 'vitest';
import {
  cause,
  eventIdOf,
  hash,
  operationIdOf,
  orderIdOf,
  partitionOf,
  requestHashOf,
  shareOfHash,
} from './identity.ts';

// STORED FORMAT. These values stand in logs and at providers. One that changes is a new format, not a repair.
const entity = { platformId: 'p', service: 'payments', entityType: 'charge', entityId: 'ord-7' };
const operationId = '4rbeo7cymyzvvqs4bp7vwvsoky';

test('an id is what it always was', () => {
  const reaction = { cause: cause.event('e0'), reaction: 'request the charge' };
  expect({
    hash: hash('a', 'b'),
    partition: partitionOf('ord-7'),
    order: orderIdOf({ platformId: 'p', client: 'shop', idempotencyKey: 'k' }),
    event: eventIdOf({ ...entity, ...reaction, type: 'ChargeRequested', index: 0 }),
    operation: operationIdOf({ ...entity, effect: 'charge', ordinal: 0 }),
    request: requestHashOf({ lines: [{ sku: 'tea', quantity: 2 }], customer: { email: 'ä@b' } }),
  }).toEqual({
    hash: 'arz66loa2mskwzm5gwamce2otu',
    partition: '39',
    order: 't3c6kr6cgzxnf7bnbjzkp3hbk4',
    event: 'u2ty2tca5fgaczlswmdtxb4e44',
    operation: operationId,
    request: '2ltukmeb6dzkqvwdofjshwsjsq',
  });
});

test('a share that follows from a hash is what it always was, on any machine', () => {
  expect(shareOfHash(hash('a', 'b'))).toBe(0.01739401649683714);
});

test('a cause is spelt as it always was', () => {
  expect({
    event: cause.event('e0'),
    outcome: cause.outcome(operationId, 2, 'gave-up'),
    deadline: cause.deadline('order', 'ord-7', 'cancel'),
    request: cause.request('shop', 'k'),
    start: cause.start(operationId, 1, 'runner'),
    unreadable: cause.unreadable('EVENTS_PAYMENTS', 9),
    found: cause.found(operationId, 'pi_1'),
  }).toEqual({
    event: 'event:e0',
    outcome: `outcome:${operationId}:2:gave-up`,
    deadline: 'deadline:order/ord-7:cancel',
    request: 'request:jwl6ge3bnnvx2jqqfjilzf5abm',
    start: `start:${operationId}:1:runner`,
    unreadable: 'unreadable:EVENTS_PAYMENTS:9',
    found: `found:${operationId}:pi_1`,
  });
});
