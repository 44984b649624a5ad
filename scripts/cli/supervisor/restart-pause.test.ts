import { expect, test } from 'vitest';
import { createRestartPause } from './restart-pause.ts';

test('doubles from 0.2 s to 5 s', () => {
  const pause = createRestartPause();
  expect(Array.from({ length: 8 }, () => pause.next(100))).toEqual([
    200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000,
  ]);
});

test('begins anew after 10 s of life, not before', () => {
  const pause = createRestartPause();
  expect([9_999, 9_999, 10_000, 0].map((livedMs) => pause.next(livedMs))).toEqual([200, 400, 200, 400]);
});
