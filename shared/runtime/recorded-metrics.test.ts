import type { RecordedEvent } from '@refrain/event-log';
import { expect, test } from 'vitest';
import type { Metrics } from './metrics.ts';
import { recordedCounter } from './recorded-metrics.ts';
import { contract, names } from './till.fixture.ts';

const recorded = (type: string, more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: type,
  type,
  version: 1,
  cause: 'event:x',
  reaction: 'r',
  correlation: 'c',
  data: { id: 'p1' },
  ...more,
});

/** `name attribute=value…` of all that was counted of these events, without the events themselves. */
function countedOf(...events: RecordedEvent[]): string[] {
  const lines: string[] = [];
  // Without the zeros that those begin with which somebody is woken by.
  const note: Metrics['add'] = (name, by, attributes = {}) => {
    const said = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
    if (name !== 'refrain_events_total' && by !== 0) lines.push([name, ...said, by].join(' '));
  };
  recordedCounter({ add: note, set: note, record: note }, contract)(events, 1_000);
  return lines;
}

test('what wakes a person begins at 0, so that its first time is an increase', () => {
  const lines: string[] = [];
  const note: Metrics['add'] = (name, by, attributes = {}) =>
    lines.push([name, ...Object.values(attributes), by].join(' '));
  recordedCounter({ add: note, set: note, record: note }, contract);
  expect(lines).toEqual([
    'refrain_dead_letters_total cause 0',
    'refrain_dead_letters_total operation 0',
    'refrain_compensations_total Paid begun 0',
    'refrain_compensations_total Paid done 0',
    'refrain_compensations_total Paid stuck 0',
  ]);
});

test('a compensation begins with its intent, is done with what undoes, and is stuck with giving up', () => {
  const stage = (type: string) =>
    countedOf(recorded(type, { operation: 'op' })).filter((line) => line.includes('compensations'));
  const of = Object.fromEntries(names.map((name) => [name, stage(name)]));
  expect(of).toEqual({
    PayAsked: [],
    Paid: [],
    PayLost: [],
    BackAsked: ['refrain_compensations_total event=Paid stage=begun 1'],
    Back: ['refrain_compensations_total event=Paid stage=done 1'],
    BackStuck: ['refrain_compensations_total event=Paid stage=stuck 1'],
  });
});

test('a defect of a compensation is stuck too; that of another operation is not', () => {
  const defect = (reaction: string) =>
    countedOf(
      recorded('refrain.Defect', { reaction, data: { cause: 'c', reaction, operation: 'op', error: 'e' } }),
    );
  expect(defect('giveBack')).toEqual([
    'refrain_dead_letters_total of=operation 1',
    'refrain_compensations_total event=Paid stage=stuck 1',
  ]);
  expect(defect('pay')).toEqual(['refrain_dead_letters_total of=operation 1']);
});

test('an intent is an operation begun, with whom it calls', () => {
  expect(countedOf(recorded('PayAsked', { operation: 'op' }))).toEqual([
    'refrain_operations_begun_total dependency=bank effect=pay 1',
  ]);
});

test('a failed attempt waits for its backoff, and shows where the provider knew the key', () => {
  const failed = (delayBy: string, replayed: boolean) =>
    countedOf(
      recorded('refrain.AttemptFailed', { reaction: 'pay', data: { delayMs: 1_500, delayBy, replayed } }),
    );
  expect(failed('rule', false)).toEqual(['refrain_wait_seconds reason=backoff dependency=bank 1.5']);
  expect(failed('outage', true)).toEqual([
    'refrain_wait_seconds reason=outage dependency=bank 1.5',
    'refrain_duplicates_total layer=provider key 1',
  ]);
});

test('what the governor holds waits until it is let go, for its reason', () => {
  const data = { hold: 'budget', until: new Date(4_000).toISOString() };
  expect(countedOf(recorded('refrain.Held', { reaction: 'pay', data }))).toEqual([
    'refrain_wait_seconds reason=budget dependency=bank 3',
  ]);
});
