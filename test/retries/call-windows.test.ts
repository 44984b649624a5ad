import { describe, expect, it, test } from 'vitest';
import {
  type CountedCall,
  countedCalls,
  fullestWindow,
  percentile,
  rampBreaches,
  rampSecondBreaches,
} from './call-windows.ts';

const budget = { windowMs: 10_000, share: 0.2, more: 10 };
const call = (atMs: number, kind: CountedCall['kind'], succeeded = false): CountedCall => ({
  atMs,
  kind,
  succeeded,
});

test('a second call of the same step of an operation is a retry, the next step of it is not', () => {
  const at = (ms: number): string => new Date(ms).toISOString();
  const calls = [
    { at: at(3), step: 'confirm', operationId: 'a', fate: 'ok' },
    { at: at(1), step: 'create', operationId: 'a', fate: 'reset' },
    { at: at(2), step: 'create', operationId: 'a', fate: 'ok' },
    { at: at(4), step: 'lookup', operationId: 'a', fate: 'ok' },
    { at: at(5), step: 'confirm', operationId: null, fate: 'ok' },
  ];
  expect(countedCalls(calls)).toEqual([call(1, 'first'), call(2, 'retry', true), call(3, 'first', true)]);
});

describe('the budget', () => {
  const firsts = Array.from({ length: 50 }, (_, i) => call(i * 100, 'first'));
  it('is kept by a fifth of the first calls and ten more', () => {
    const retries = Array.from({ length: 20 }, (_, i) => call(5_000 + i, 'retry'));
    const fullest = fullestWindow([...firsts, ...retries], budget);
    expect(fullest).toMatchObject({ firsts: 50, retries: 20, allowed: 20 });
  });
  it('is broken by one more', () => {
    const retries = Array.from({ length: 21 }, (_, i) => call(5_000 + i, 'retry'));
    const fullest = fullestWindow([...firsts, ...retries], budget);
    expect(fullest && fullest.retries - fullest.allowed).toBe(1);
  });
  it('counts what lies less than ten seconds back', () => {
    const fullest = fullestWindow([call(0, 'retry'), call(9_999, 'retry'), call(10_000, 'retry')], budget);
    expect(fullest).toMatchObject({ retries: 2 });
  });
  it('does not count a window that touches a ramp', () => {
    const retries = Array.from({ length: 40 }, (_, i) => call(20_000 + i, 'retry'));
    expect(fullestWindow(retries, budget, [{ fromMs: 12_000, toMs: 13_000 }])).toBeUndefined();
    expect(fullestWindow(retries, budget, [{ fromMs: 2_000, toMs: 9_000 }])).toMatchObject({ retries: 40 });
  });
});

describe('a ramp', () => {
  const ramp = [{ fromMs: 0, toMs: 10_000 }];
  it('may double from one second to the next', () => {
    const calls = [call(0, 'first', true), call(1_000, 'first', true), call(1_500, 'first', true)];
    expect(rampBreaches(calls, ramp)).toEqual([]);
  });
  it('may not do more, whenever the second begins', () => {
    const calls = [call(0, 'first', true), call(900, 'first'), call(950, 'first'), call(999, 'first')];
    expect(rampBreaches(calls, ramp)).toContainEqual({ fromMs: 0, calls: 4, before: 0 });
  });
  it('is also counted by its own seconds, from where it began', () => {
    const late = [{ fromMs: 500, toMs: 3_600 }];
    const calls = [call(600, 'first', true), call(1_400, 'first', true), call(1_600, 'first', true)];
    calls.push(...Array.from({ length: 3 }, (_, i) => call(2_600 + i, 'first', true)));
    // 1 to 2 s has two after two; 2.5 to 3.5 s has three after one.
    expect(rampSecondBreaches(calls, late)).toEqual([
      { fromMs: 500, calls: 2, before: 0 },
      { fromMs: 2_500, calls: 3, before: 1 },
    ]);
  });
});

test('a percentile is the value that the share of values does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([50, 99, 0]);
});
