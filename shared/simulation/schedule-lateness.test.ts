import type { Report } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

it('an alarm that came in time and is given back is not late: the operation it is about is in work', async () => {
  const run = new ToyRun(6, { governed: true });
  const client = new MemoryClient(run.world.broker);
  const reports: Report[] = [];
  void client.reports.subscribe((report) => void reports.push(report));
  run.start('worker');
  run.fates.push('silent');
  void run.place('t');
  await run.until(() => run.calls.length > 0, 30_000);
  const asked = run.events('worker').find(({ operation }) => operation !== undefined);
  const [commit] = run.world.broker.commitsOf('worker');
  if (!commit || !asked?.operation) throw new Error('nothing was asked');
  const alarm = { ...commit.entity, operation: asked.operation };
  void client.schedules.set(alarm, run.world.clock.now());
  await run.pass(8_000);
  expect(reports.length).toBeGreaterThan(5);
  expect(Math.max(...reports.map(({ load }) => load.scheduleLateMs))).toBeLessThan(1_000);
});
