import { describe, expect, it, test } from 'vitest';
import type { CountedCall } from '../../scripts/audit/mod.ts';
import { percentile, rampBreaches, rampSecondBreaches } from './ramp-breaches.ts';

const call = (atMs: number, kind: CountedCall['kind'], succeeded = false): CountedCall => ({
  atMs,
  kind,
  succeeded,
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
