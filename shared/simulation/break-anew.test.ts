import { expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

it('a durable that is created anew repeats no call whose outcome another instance recorded', async () => {
  const run = new ToyRun(3);
  // Both have each thing in memory as it was asked for; one of them does it.
  run.start('worker');
  run.start('worker');
  await run.pass(1_000);
  for (let i = 0; i < 20; i++) void run.place(`t${i}`);
  expect(await run.until(() => run.told.length === 20, 30_000)).toBe(true);
  await run.pass(3_000);
  const calls = run.calls.length;
  for (const [service, name] of run.world.broker.durables())
    if (service === 'worker') run.world.broker.durable(service, name).rewind();
  await run.pass(10_000);
  expect(run.calls.length).toBe(calls);
});
