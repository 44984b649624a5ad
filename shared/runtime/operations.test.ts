import { defineContract, event, transient, unsafe } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dueAtOf } from './open-operations.ts';
import { foldOperations, type Operation, type Operations } from './operations.ts';

const id = z.string();
const { $contract: contract } = defineContract({
  service: 'post',
  entities: { letter: { id: 'id', events: { Written: event(1, { id }), Lost: event(1, { id }) } } },
  waits: ['Lost'],
  effects: {
    send: {
      after: 'Written',
      dependency: 'mail',
      steps: ['send'],
      timeoutMs: 1_000,
      repeat: unsafe(),
      retry: { attempts: 5, firstDelayMs: 100, maxDelayMs: 60_000 },
      failures: { unknown: transient({ happened: 'unknown', givingUp: 'Lost' }) },
    },
  },
});

const said = { operation: 'op', by: 'ada', host: 'here', why: 'seen to' };
const told = (type: string, data: object, more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: 'e',
  type,
  version: 1,
  cause: 'request:x',
  reaction: 'r',
  correlation: 'one',
  data,
  ...more,
});
const written = told('Written', { id: 'one' }, { operation: 'op' });
const HOUR_MS = 3_600_000;
const failed = (n: number, dueAt = '2030-01-01T01:00:00.000Z'): RecordedEvent =>
  told('refrain.AttemptFailed', {
    operation: 'op',
    n,
    round: 1,
    step: 'send',
    failure: 'unknown',
    class: 'transient',
    happened: 'unknown',
    replayed: false,
    rule: { attempts: 5, firstDelayMs: 100, maxDelayMs: 60_000 },
    delayMs: HOUR_MS,
    delayBy: 'rule',
    dueAt,
    word: 'open',
    epoch: 0,
    reason: '421',
    progress: {},
  });
const lost = told('Lost', { id: 'one' }, { cause: 'outcome:op:2:gave-up' });

const T = Date.parse('2030-01-01T00:00:00.000Z');
/** Stored a second apart. */
function folded(...events: RecordedEvent[]): Operation {
  let operations: Operations = new Map();
  for (const [index, one] of events.entries())
    operations = foldOperations(operations, { event: one, at: T + index * 1_000 }, contract);
  return operations.get('op') as Operation;
}

test('an older attempt never turns the count back', () => {
  expect(folded(written, failed(1), failed(2), failed(1)).n).toBe(2);
  const mark = told('refrain.AttemptStarted', { operation: 'op', n: 1, runner: 'r' });
  expect(folded(written, failed(1), failed(2), mark).n).toBe(2);
});

test('the next step is due by the log’s time, whatever clock said when the attempt failed', () => {
  const behind = failed(1, '2029-12-31T23:58:16.000Z');
  expect(folded(written, behind).last?.dueAt).toBe(T + 1_000 + HOUR_MS);
});

describe('a person’s word', () => {
  test('makes what waits for its time due when it was said', () => {
    const parked = folded(written, failed(1));
    expect(dueAtOf(parked)).toBe(T + 1_000 + HOUR_MS);
    const hurried = folded(written, failed(1), told('refrain.RetryRequested', said));
    expect(dueAtOf(hurried)).toBe(T + 2_000);
  });

  test('opens what was given up, and keeps the number of its attempts', () => {
    const no = told('refrain.Verdict', { ...said, happened: false });
    const { status, n, counted, verdict } = folded(written, failed(1), failed(2), lost, no);
    expect({ status, n, counted }).toEqual({ status: 'open', n: 2, counted: 0 });
    expect(verdict).toEqual({ happened: false, n: 2, at: T + 4_000 });
  });

  test('on what is closed changes nothing', () => {
    const yes = told('refrain.Verdict', { ...said, happened: true });
    const no = told('refrain.Verdict', { ...said, happened: false });
    const closed = folded(written, failed(1), lost, yes);
    expect(closed.status).toBe('closed');
    for (const word of [no, told('refrain.RetryRequested', said), told('refrain.Redrive', said)])
      expect(folded(written, failed(1), lost, yes, word)).toEqual(closed);
  });
});
