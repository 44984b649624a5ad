import { expect, test } from 'vitest';
import { quantileBetween } from './promptness.ts';

test('the 99th percentile of what was added between two readings is the bound that holds it', () => {
  const from = new Map([
    [0.1, 5],
    [1, 5],
    [Number.POSITIVE_INFINITY, 50],
  ]);
  const to = new Map([
    [0.1, 104],
    [1, 105],
    [Number.POSITIVE_INFINITY, 150],
  ]);
  expect(quantileBetween(from, to)).toEqual({ count: 100, p99S: 0.1 });
  to.set(0.1, 103);
  expect(quantileBetween(from, to)).toEqual({ count: 100, p99S: 1 });
  expect(quantileBetween(new Map(), to)).toEqual({ count: 150, p99S: Number.POSITIVE_INFINITY });
  expect(quantileBetween(to, to)).toEqual({ count: 0, p99S: 0 });
});
