import { expect, test } from 'vitest';
import { runChaos } from './chaos-run.ts';
import { isForPerson } from './kill-run.ts';

test('three nodes and two of each service under signals and troubled connections: nothing lost, nothing doubled', async () => {
  const report = await runChaos({
    seed: Number(process.env['SEED'] ?? 344_854),
    lengthMs: 15_000,
    calmMs: 0,
    everyMs: 2_500,
    forMsMax: 1_600,
    rate: 8,
    instances: 2,
    settleMsMax: 90_000,
    say: (text) => console.log(text),
  });
  expect(new Set(report.plan.map(({ kind }) => kind)).size).toBe(6);
  expect(report.lost).toEqual([]);
  expect(report.broken).toEqual([]);
  expect(report.audit.violations).toEqual([]);
  expect(report.audit.unsettled).toEqual([]);
  expect(report.audit.waiting.filter(({ reason }) => !isForPerson(reason))).toEqual([]);
  expect(report.orders).toBe(120);
}, 300_000);
