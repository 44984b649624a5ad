import type { Report } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

it('what waits for its deadline is no load that is reported: it is held back on purpose', async () => {
  const run = new ToyRun(5, { governed: true }, 900_000);
  const reports: Report[] = [];
  void new MemoryClient(run.world.broker).reports.subscribe((report) => void reports.push(report));
  run.start('worker');
  for (let i = 0; i < 200; i++) void run.place(`thing-${i}`);
  await run.pass(15_000);
  expect(run.world.broker.durable('source', 'source-deadlines').lag()).toBeGreaterThan(100);
  const last = reports.findLast(({ service }) => service === 'source');
  expect(last?.load.consumerLag).toBe(0);
});
