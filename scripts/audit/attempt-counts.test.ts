import { expect, test } from 'vitest';
import { AttemptCounts } from './attempt-counts.ts';
import { Findings } from './findings.ts';

const outcome = (verdict: string) =>
  ({ type: 'ChargeDeclined', cause: `outcome:op:1:${verdict}`, entity: 'charge/one', data: {} }) as never;

test.each([
  ['card_declined', 1],
  ['payment_method_refused', 0], // refused before the step that is counted
])('an outcome of the verdict %s lacks %s calls where there is none', (verdict, lacking) => {
  const counts = new AttemptCounts();
  counts.open('op', 0);
  counts.add(outcome(verdict));
  const findings = new Findings();
  counts.compareCalls({ calls: [] }, findings);
  expect(findings.violations).toHaveLength(lacking);
});
