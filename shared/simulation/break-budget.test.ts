import { describe, expect, it } from 'vitest';
import { GovernedRun } from './governed.fixture.ts';

const shut = { kind: 'suppressed', holdMs: 2_000, newcomer: { retries: 0, calls: 0 } } as const;
/** First attempts go, and nothing else. */
const firstsOnly = { kind: 'open', newcomer: { retries: 0 } } as const;

/** Calls the world once and leaves no record of it. */
async function calledOnce(run: GovernedRun): Promise<void> {
  run.start('worker');
  await run.pass(3_000);
  run.fates.push('silent');
  void run.place('t');
  expect(await run.until(() => run.calls.length === 1, 10_000)).toBe(true);
}

// Both were found by the simulated shop, as one retry more than the budget has.
describe('a call that left no record is a retry when it is made again', () => {
  it('also after its delivery was held and an alarm set, which counts no deliveries', async () => {
    const run = new GovernedRun(1);
    await calledOnce(run);
    run.instances[1]?.kill();
    run.words.world = shut;
    await run.pass(1_500);
    run.start('worker');
    expect(await run.until(() => run.has('refrain.Held'), 60_000)).toBe(true);
    run.words.world = firstsOnly;
    await run.pass(60_000);
    expect(run.calls).toHaveLength(1);
  }, 20_000);

  it('also by a durable that was made anew, which counts from one', async () => {
    const run = new GovernedRun(2);
    await calledOnce(run);
    run.instances[1]?.kill();
    run.words.world = firstsOnly;
    for (const [service, name] of run.world.broker.durables())
      if (service === 'worker') run.world.broker.durable(service, name).rewind();
    run.start('worker');
    await run.pass(60_000);
    expect(run.calls).toHaveLength(1);
  }, 20_000);
});
