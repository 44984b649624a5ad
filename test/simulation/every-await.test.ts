import { expect, test } from 'vitest';
import { runPoints } from '../../scripts/sim/run-points.ts';

/** `npx refrain sim --every-await` kills at each of them; here at one in so many. */
const EACH = 8;

test('a process may be killed before and after any call through a port', { timeout: 300_000 }, async () => {
  const { points, killed, labels, failing, missed } = await runPoints({ each: EACH });
  expect(points).toBeGreaterThan(250);
  expect(labels.length).toBe(Math.ceil(points / EACH));
  expect(failing).toEqual([]);
  expect(missed).toEqual([]);
  expect(killed).toBe(labels.length);
});
