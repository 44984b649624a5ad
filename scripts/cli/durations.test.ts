import { expect, test } from 'vitest';
import { lasted, lastedFinely } from './durations.ts';

test.each([
  [-400, '0 s'],
  [12_400, '12 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [169_000, '3 min'],
  [7_199_000, '120 min'],
  [7_200_000, '2 h'],
  [100_000_000, '28 h'],
])('%i ms are said as %s', (ms, said) => {
  expect(lasted(ms)).toBe(said);
});

test.each([
  [40, '0 s'],
  [651, '0.7 s'],
  [2_000, '2 s'],
  [2_349, '2.3 s'],
  [61_000, '61 s'],
])('where tenths matter, %i ms are said as %s', (ms, said) => {
  expect(lastedFinely(ms)).toBe(said);
});
