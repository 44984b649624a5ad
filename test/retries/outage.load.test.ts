import { expect, test } from 'vitest';
import { type OutageReport, runOutage } from './outage-run.ts';

/** The short version of `npm run proof -- retries`: two instances each, ten seconds, the governor killed. */
test('an outage: calls are held within the budget, also while the governor is dead, and all is drained', {
  timeout: 240_000,
}, async () => {
  const report = await runOutage({
    instances: 2,
    rate: 12,
    capacityPerS: 60,
    calmMs: 4_000,
    downMs: 10_000,
    goneMs: 5_000,
    healedMs: 15_000,
    settleMsMax: 120_000,
    say: (text) => console.log(text),
  });
  expect(report.audit.violations).toEqual([]);
  expect(report.audit.unsettled).toEqual([]);
  expect(report.refused).toEqual([]);
  expect(report.cancelled).toEqual({}); // no order was cancelled by mistake
  const kinds = report.words.map(({ kind, ramp }) => (ramp ? 'ramp' : kind));
  expect(kinds).toEqual(expect.arrayContaining(['open', 'suppressed', 'probing', 'ramp']));
  expect(new Set(report.words.map(({ epoch }) => epoch)).size).toBe(2); // killed, and back in a new term
  expect(excessOf(report)).toBeLessThanOrEqual(0);
});

/** How far the fullest ten seconds are over the budget; 0 or less: never. */
const excessOf = ({ fullest }: OutageReport): number => (fullest ? fullest.retries - fullest.allowed : 0);
