import type { Report } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

/** One durable has no leader for half a minute: the question how much waits in it is not answered. */
it('an instance goes on telling the governor what it does while the broker does not tell its load', async () => {
  const run = new ToyRun(1, { governed: true });
  const { broker, clock } = run.world;
  const reports: { at: number; report: Report }[] = [];
  void new MemoryClient(broker).reports.subscribe((report) => {
    if (report.service === 'worker') reports.push({ at: clock.now(), report });
  });
  run.start('worker');
  await run.pass(10_000);
  const durable = broker.durable('worker', 'worker-effects');
  // As with the broker: it is asked again for 30 s, and then given up.
  durable.lag = (() => clock.sleep(30_000)) as never;
  await run.pass(60_000);
  const gaps = reports.slice(1).map(({ at }, i) => at - (reports[i]?.at ?? 0));
  // Who does not report for 5 s is absent: no share, no retries.
  expect(Math.max(...gaps)).toBeLessThan(5_000);
});
