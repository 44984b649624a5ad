import { expect, it } from 'vitest';
import { GovernedRun } from './governed.fixture.ts';

/** Calls that are under way at the same time cannot know of each other: one key, one effect. */
const WAY_MS = 100;

it('an operation that another instance ended during the wait for leave is not called once more', async () => {
  for (const seed of [4, 7, 10, 11]) {
    const run = new GovernedRun(seed, { doubledDeliveries: 0.5 });
    // Of both instances together two calls a second: most wait a moment, and half of them at both.
    run.words.world = { kind: 'throttled', rate: 2, newcomer: { calls: 1, retries: 1 } };
    run.start('worker');
    run.start('worker');
    await run.pass(3_000);
    for (let i = 0; i < 8; i++) void run.place(`t${i}`);
    const firstAt = new Map<string, number>();
    const late: string[] = [];
    await run.until(() => {
      for (const key of run.calls.splice(0)) {
        const at = run.world.clock.now();
        if (at - (firstAt.get(key) ?? at) > WAY_MS) late.push(key);
        firstAt.set(key, firstAt.get(key) ?? at);
      }
      return false;
    }, 60_000);
    expect([seed, run.done.size, late]).toEqual([seed, 8, []]);
  }
});
