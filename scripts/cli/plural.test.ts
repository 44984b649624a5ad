import { expect, test } from 'vitest';
import { processFindings } from './doctor/process-checks.ts';
import { plural } from './plural.ts';

test('one is told as one', () => {
  expect([0, 1, 2].map((n) => plural(n, 'time'))).toEqual(['0 times', '1 time', '2 times']);
  expect(plural(1, 'order is', 'orders are')).toBe('1 order is');
  const ready = { name: 'payments', pid: 1, startTime: '1', url: 'http://x', status: 'ready' } as const;
  const again = { restarts: 1, restartedAt: '2026-06-01T12:00:00.000Z' };
  const [found] = processFindings([{ ...ready, ...again }], Date.parse('2026-06-01T12:01:00.000Z'));
  expect(found?.found).toMatch(/, 1 time in all$/);
});
