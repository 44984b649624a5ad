import { MemoryClient } from '@refrain/memory';
import { expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

/** One durable has no leader for half a minute: the question how much waits in it is not answered. */
it('an instance goes on telling the governor what it does while the broker does not tell its load', async () => {
  const run = new ToyRun(1, { governed: true });
  const { broker, clock } = run.world;
  const times: number[] = [];
  void new MemoryClient(broker).reports.subscribe(({ service }) => {
    if (service === 'worker') times.push(clock.now());
  });
  run.start('worker');
  await run.pass(10_000);
  const durable = broker.durable('worker', 'worker-effects');
  // As with the broker: it is asked again for 30 s, and then given up.
  durable.lag = (() => clock.sleep(30_000)) as never;
  await run.pass(60_000);
  expect(times.length).toBeGreaterThan(60);
  const gaps = [...times.slice(1), clock.now()].map((at, i) => at - (times[i] ?? 0));
  // Who does not report for 5 s is absent: no share, no retries.
  expect(Math.max(...gaps)).toBeLessThan(5_000);
});
