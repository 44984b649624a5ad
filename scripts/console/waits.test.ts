import { waitReasons } from '@refrain/console/api';
import { attributeValues } from '@refrain/runtime';
import { expect, test } from 'vitest';
import type { FlowEvent } from '../cli/trace/flow-events.ts';
import { waitsOf } from './waits.ts';

const T = Date.parse('2030-01-01T00:00:00.000Z');
const event = (at: number, type: string, cause: string, more: Partial<FlowEvent> = {}): FlowEvent => ({
  id: type,
  type,
  version: 1,
  cause,
  reaction: 'r',
  correlation: 'one',
  service: 'payments',
  entity: 'charge/one',
  seq: at,
  at: T + at,
  data: {},
  ...more,
});
const placed = event(0, 'OrderPlaced', 'request:x', { service: 'orders', entity: 'order/one' });
const asked = event(200, 'ChargeRequested', 'event:OrderPlaced', { operation: 'op' });
const failed = (delayBy: string) =>
  event(300, 'refrain.AttemptFailed', 'outcome:op:1:provider_error', {
    data: { operation: 'op', n: 1, failure: 'provider_error', delayMs: 500.4, delayBy },
  });
const held = (hold: string) =>
  event(1_000, 'refrain.Held', 'start:op:2:x', { data: { operation: 'op', n: 2, hold, reason: 'too many' } });
const captured = event(4_100, 'ChargeCaptured', 'outcome:op:2:ok');
const call = (at: number) =>
  ({ kind: 'call', where: 'psp', operationId: 'op', at: T + at, text: 'call' }) as const;
const toldOf = (events: readonly FlowEvent[], facts: readonly ReturnType<typeof call>[] = [], now = 9_000) =>
  waitsOf({ events, facts, unsafe: new Set(), now: T + now }).map(({ reason, from, to, attempt }) => [
    reason,
    from - T,
    ...(to === undefined ? [] : [to - T]),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
  ]);

test('an order waited for a delivery, for the rule, for its alarm and for the governor, one after the other', () => {
  const events = [placed, asked, failed('rule'), held('budget'), captured];
  expect(toldOf(events, [call(260), call(4_000)])).toEqual([
    ['lag', 0, 200],
    ['lag', 200, 260, 'attempt 1'],
    ['backoff', 300, 800, 'attempt 2'],
    ['schedule late', 800, 1_000, 'attempt 2'],
    ['budget', 1_000, 4_000, 'attempt 2'],
  ]);
});

test.each(['budget', 'throttled', 'suppressed', 'probing', 'no word'])(
  'what holds it is named: %s',
  (hold) => {
    const told = toldOf([placed, asked, failed('rule'), held(hold), captured], [call(4_000)]);
    expect(told).toContainEqual([hold, 1_000, 4_000, 'attempt 2']);
  },
);

test('an outage that is waited out is told as one', () => {
  expect(toldOf([placed, asked, failed('outage'), captured])).toContainEqual([
    'outage',
    300,
    800,
    'attempt 2',
  ]);
});

test('a call that may have been made and that nothing outside protects waits for a person, given up or not', () => {
  const unknown = event(300, 'refrain.AttemptFailed', 'outcome:op:1:timeout', {
    data: { operation: 'op', n: 1, failure: 'timeout', happened: 'unknown', delayMs: 500, delayBy: 'rule' },
  });
  const known = { events: [placed, asked, unknown], facts: [], now: T + 9_000 };
  const reasonsWith = (unsafe: string[]) =>
    waitsOf({ ...known, unsafe: new Set(unsafe) }).map(({ reason }) => reason);
  expect(reasonsWith(['op'])).toEqual(['lag', 'lag', 'verdict']);
  expect(reasonsWith([])).toEqual(['lag', 'lag', 'backoff', 'schedule late']);
  const gaveUp = event(310, 'ChargeUnresolved', 'outcome:op:1:gave-up');
  const said = event(2_300, 'refrain.Verdict', 'verdict:op', { data: { operation: 'op', happened: true } });
  const lasted = (events: FlowEvent[]) => {
    const waits = waitsOf({ ...known, events: [...known.events, ...events], unsafe: new Set(['op']) });
    const { from, to, ms } = waits.find(({ reason }) => reason === 'verdict') ?? {};
    return [from, to, ms];
  };
  expect(lasted([gaveUp])).toEqual([T + 300, undefined, 8_700]);
  expect(lasted([gaveUp, said])).toEqual([T + 300, T + 2_300, 2_000]);
});

test('what still lasts has no end, and is as long as it lasts by now', () => {
  const waits = waitsOf({
    events: [placed, asked, failed('rule')],
    facts: [],
    unsafe: new Set(),
    now: T + 500,
  });
  expect(waits.at(-1)).toMatchObject({ reason: 'backoff', from: T + 300, ms: 200 });
  expect(waits.at(-1)).not.toHaveProperty('to');
  expect(toldOf([placed, asked, failed('rule')], [], 2_000).slice(-2)).toEqual([
    ['backoff', 300, 800, 'attempt 2'],
    ['schedule late', 800, 'attempt 2'],
  ]);
});

test('a service that answers an event twice waited once, and the ordinary pace is no wait', () => {
  const again = event(250, 'refrain.Noted', 'event:OrderPlaced');
  const quick = event(30, 'ReservationRequested', 'event:OrderPlaced', {
    service: 'inventory',
    entity: 'reservation/one',
  });
  expect(toldOf([placed, quick, asked, again, captured], [call(220)])).toEqual([['lag', 0, 200]]);
});

test('waits are named on the page as the metrics name them, and one for a person besides', () => {
  expect(waitReasons).toEqual([...attributeValues.reason, 'verdict']);
});
