import { type EffectRule, keyed, outage, rejected, transient, unsafe } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HORIZON_SHARE, nextAction, type Situation } from './next-action.ts';
import type { FailedAttempt, Operation } from './operations.ts';

const HOUR = 3_600_000;
const intent: RecordedEvent = {
  id: 'e',
  type: 'Asked',
  version: 1,
  cause: 'c',
  reaction: 'r',
  correlation: 'f',
  operation: 'op',
  data: {},
};
const rule: EffectRule = {
  after: 'Asked',
  dependency: 'world',
  steps: ['call'],
  timeoutMs: 1_000,
  repeat: keyed({ horizonMs: HOUR, lookup: { visibleWithinMs: 500 } }),
  retry: { attempts: 3, firstDelayMs: 10, maxDelayMs: 100 },
  neverHappened: 'Failed',
  failures: {
    refused: rejected({ records: 'Refused' }),
    gone: outage({ happened: 'no', givingUp: 'Failed' }),
    broken: transient({ happened: 'unknown', givingUp: 'Lost' }),
  },
};
const unsafeRule: EffectRule = { ...rule, repeat: unsafe() };
const open: Operation = {
  id: 'op',
  effect: 'call',
  status: 'open',
  intent,
  at: 0,
  n: 0,
  counted: 0,
  progress: {},
};
const failed = (more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  n: 1,
  round: 1,
  step: 'call',
  failure: 'broken',
  class: 'transient',
  happened: 'unknown',
  replayed: false,
  at: 1_000,
  dueAt: 2_000,
  ...more,
});
const situation = (more: Partial<Situation> = {}): Situation => ({
  now: 5_000,
  wanted: true,
  canClose: true,
  canLookUp: true,
  ...more,
});

describe('a keyed operation', () => {
  it('is called first, then waits until its next attempt is due, then is called under the same key', () => {
    expect(nextAction(open, rule, situation())).toEqual({ do: 'call', n: 1, round: 1 });
    const once = { ...open, n: 1, counted: 1, last: failed() };
    expect(nextAction(once, rule, situation({ now: 1_999 }))).toEqual({ do: 'wait', until: 2_000 });
    expect(nextAction(once, rule, situation())).toEqual({ do: 'call', n: 2, round: 1 });
  });

  it('is looked up after a replayed failure, and not before the provider can see it', () => {
    const replayed = { ...open, n: 1, counted: 1, last: failed({ replayed: true, at: 4_800 }) };
    expect(nextAction(replayed, rule, situation())).toEqual({ do: 'wait', until: 5_300 });
    expect(nextAction(replayed, rule, situation({ now: 5_300 }))).toEqual({
      do: 'look up, then call',
      n: 2,
      round: 1,
    });
  });

  it('is settled with the provider after its last attempt, and given up only when that failed', () => {
    const last = { ...open, n: 3, counted: 3, last: failed({ n: 3 }) };
    expect(nextAction(last, rule, situation())).toEqual({ do: 'settle', by: 'close', n: 4, round: 1 });
    const asked = { ...last, n: 4, counted: 4, last: failed({ n: 4, step: 'close' }) };
    expect(nextAction(asked, rule, situation())).toEqual({ do: 'give up', n: 4, failure: 'broken' });
    expect(nextAction(last, rule, situation({ canClose: false, canLookUp: false }))).toMatchObject({
      do: 'give up',
    });
  });

  it('does not count an outage as attempts', () => {
    const held = { ...open, n: 50, counted: 0, last: failed({ n: 50, class: 'outage', happened: 'no' }) };
    expect(nextAction(held, rule, situation())).toEqual({ do: 'call', n: 51, round: 1 });
  });

  it('is closed instead of called when nobody wants it any more', () => {
    expect(nextAction(open, rule, situation({ wanted: false }))).toEqual({
      do: 'settle',
      by: 'close',
      n: 1,
      round: 1,
    });
  });

  it('is asked on, at the longest delay, after it was given up with the outcome unknown', () => {
    const waiting: Operation = {
      ...open,
      status: 'waiting',
      n: 4,
      counted: 4,
      last: failed({ n: 4, step: 'close' }),
      waitingSince: 4_950,
    };
    expect(nextAction(waiting, rule, situation())).toEqual({ do: 'wait', until: 5_050 });
    expect(nextAction(waiting, rule, situation({ now: 5_050 }))).toEqual({
      do: 'settle',
      by: 'close',
      n: 5,
      round: 1,
    });
    expect(nextAction(waiting, rule, situation({ now: 5_050, canClose: false, canLookUp: false }))).toEqual({
      do: 'nothing',
    });
  });

  it('is never called when the provider may have forgotten its key', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * HOUR }), fc.integer({ min: 0, max: 3 }), (now, counted) => {
        const action = nextAction(
          { ...open, n: counted, counted, ...(counted > 0 && { last: failed({ n: counted }) }) },
          rule,
          situation({ now }),
        );
        const leansOnKey = action.do === 'call' || (action.do === 'settle' && action.by === 'close');
        return !leansOnKey || now + rule.timeoutMs < HOUR * HORIZON_SHARE;
      }),
    );
  });

  it('is left alone once its outcome is known or a person has to look', () => {
    for (const status of ['closed', 'defect'] as const)
      expect(nextAction({ ...open, status }, rule, situation())).toEqual({ do: 'nothing' });
  });
});

describe('an unsafe operation', () => {
  it('is never called twice without a failure that surely did not happen', () => {
    const started: Operation = { ...open, n: 1, started: { n: 1, runner: 'a', at: 4_500 } };
    expect(nextAction(open, unsafeRule, situation())).toEqual({ do: 'call', n: 1, round: 1 });
    expect(nextAction(started, unsafeRule, situation())).toEqual({ do: 'wait', until: 5_500 });
    expect(nextAction(started, unsafeRule, situation({ now: 5_500 }))).toEqual({
      do: 'give up',
      n: 1,
      failure: 'no outcome',
    });
    const unknown = { ...open, n: 1, counted: 1, last: failed() };
    expect(nextAction(unknown, unsafeRule, situation())).toEqual({ do: 'give up', n: 1, failure: 'broken' });
    const unsent = { ...open, n: 1, counted: 1, last: failed({ happened: 'no', failure: 'gone' }) };
    expect(nextAction(unsent, unsafeRule, situation())).toEqual({ do: 'call', n: 2, round: 1 });
    expect(nextAction({ ...open, status: 'waiting' }, unsafeRule, situation())).toEqual({ do: 'nothing' });
  });

  it('is called by no state in which an attempt is under way or its outcome unknown (any state)', () => {
    const state = fc.record({
      n: fc.nat(5),
      counted: fc.nat(5),
      started: fc.option(fc.nat(9_000), { nil: undefined }),
      happened: fc.constantFrom('no' as const, 'unknown' as const),
      status: fc.constantFrom('open' as const, 'waiting' as const, 'closed' as const),
    });
    fc.assert(
      fc.property(state, fc.nat(20_000), ({ n, counted, started, happened, status }, now) => {
        const operation: Operation = {
          ...open,
          status,
          n,
          counted,
          ...(n > 0 && { last: failed({ n, happened }) }),
          ...(started !== undefined && { started: { n, runner: 'a', at: started } }),
        };
        const action = nextAction(operation, unsafeRule, situation({ now }));
        return (
          action.do !== 'call' ||
          (status === 'open' && started === undefined && (n === 0 || happened === 'no'))
        );
      }),
    );
  });
});
