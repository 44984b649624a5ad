import { describe, expect, it, test } from 'vitest';
import { type CountedCall, countedCalls, fullestWindow } from './call-windows.ts';

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
