import { describe, expect, it } from 'vitest';
import { Shares } from './shares.ts';
import { ToyRun } from './toy-world.fixture.ts';

describe('a process', () => {
  it('that is stopped does nothing, and goes on with what it knew', async () => {
    const run = new ToyRun(1);
    const worker = run.start('worker');
    await run.pass(500);
    worker.pause();
    void run.place('t');
    await run.pass(20_000);
    expect(run.types('worker', 't')).toEqual([]);
    expect(worker.paused).toBe(true);
    worker.resume();
    expect(await run.until(() => run.types('worker', 't').includes('Told'), 5_000)).toBe(true);
    expect(run.calls).toHaveLength(1);
  });

  it('that is killed while it is stopped never goes on', async () => {
    const run = new ToyRun(1);
    const worker = run.start('worker');
    await run.pass(500);
    worker.pause();
    void run.place('t');
    await run.pass(1_000);
    worker.kill();
    worker.resume();
    await run.pass(60_000);
    expect(run.types('worker', 't')).toEqual([]);
  });

  it('has a clock of its own that can be set, and its timers do not care', async () => {
    const run = new ToyRun(1);
    const worker = run.start('worker');
    const { clock } = run.world;
    worker.jump(-30_000);
    expect(worker.clock.now()).toBe(clock.now() - 30_000);
    const from = clock.now();
    const slept = worker.clock.sleep(1_000).then(() => clock.now() - from);
    await run.pass(2_000);
    expect(await slept).toBe(1_000);
    expect(await Promise.race([worker.log.clockOffset('worker'), run.pass(100).then(() => 0)])).toBe(-30_000);
  });
});

describe('a broker that is gone', () => {
  it('answers when it is back, and has stored nothing meanwhile', async () => {
    const run = new ToyRun(1);
    run.start('worker');
    await run.pass(500);
    run.world.broker.goDown(5_000);
    void run.place('t');
    await run.pass(4_900);
    expect(run.types('source')).toEqual([]);
    expect(await run.until(() => run.types('worker', 't').includes('Told'), 20_000)).toBe(true);
  });
});

it('of several faults that raise a share the highest counts, and what ends leaves the others', () => {
  const seen: [string, number][] = [];
  const shares = new Shares<'a' | 'b'>((kind, share) => void seen.push([kind, share]));
  const low = shares.raise('a', 0.2);
  const high = shares.raise('a', 0.7);
  shares.raise('b', 0.5);
  high();
  low();
  expect(seen).toEqual([
    ['a', 0.2],
    ['a', 0.7],
    ['b', 0.5],
    ['a', 0.2],
    ['a', 0],
  ]);
});
