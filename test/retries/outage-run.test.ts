import { expect, test } from 'vitest';
import { perSecond, recoveredAfter } from './outage-run.ts';

test('counts what falls into each whole second, and nothing before or after', () => {
  expect(perSecond([999, 1_000, 1_999, 2_000, 3_999, 4_000], 1_000, 4_500)).toEqual([2, 1, 1]);
});

test('is recovered from the second on after which no five seconds fall short any more', () => {
  const enough = 24;
  expect(recoveredAfter([0, 2, 9, 25, 25, 25, 25, 25, 25, 25, 25], enough)).toBe(3);
  expect(recoveredAfter([25, 25, 25, 25, 25, 25, 25, 25, 25, 25], enough)).toBe(0);
  // A second overload is no recovery.
  expect(recoveredAfter([25, 25, 25, 25, 25, 25, 25, 25, 25, 2, 2, 2, 2, 2], enough)).toBeUndefined();
});
