import { describe, expect, it } from 'vitest';
import { type CountedCall, countedCalls, fullestWindow, type SandboxCall } from './call-windows.ts';

const budget = { windowMs: 10_000, share: 0.2, more: 10 };
const call = (atMs: number, kind: CountedCall['kind'], succeeded = false): CountedCall => ({
  atMs,
  kind,
  succeeded,
});

describe('an attempt', () => {
  const made = (ms: number, step: string, fate: string, operationId: string | null = 'a'): SandboxCall => ({
    at: new Date(ms).toISOString(),
    step,
    operationId,
    fate,
  });
  it('is what opens an operation, and a retry where the operation was opened before', () => {
    const calls = [
      made(3, 'confirm', 'reset'),
      made(1, 'create', 'reset'),
      made(2, 'create', 'ok'),
      made(4, 'lookup', 'ok'),
      made(5, 'confirm', 'ok'),
      made(6, 'confirm', 'ok', null),
    ];
    expect(countedCalls(calls)).toEqual([call(1, 'first'), call(2, 'retry', true), call(5, 'retry', true)]);
  });
  it('is one where it repeats both of its steps, since it has one leave', () => {
    const calls = [
      made(1, 'create', 'ok'),
      made(2, 'confirm', 'ok'),
      made(8, 'create', 'replayed'),
      made(9, 'confirm', 'replayed'),
    ];
    expect(countedCalls(calls)).toEqual([call(1, 'first', true), call(8, 'retry', true)]);
  });
  it('is counted once too often rather than once too seldom where two lie across each other', () => {
    const calls = [
      made(1, 'create', 'ok'),
      made(2, 'create', 'replayed'),
      made(3, 'confirm', 'ok'),
      made(4, 'confirm', 'replayed'),
    ];
    const kinds = countedCalls(calls).map(({ kind }) => kind);
    expect(kinds).toEqual(['first', 'retry', 'retry']);
  });
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
