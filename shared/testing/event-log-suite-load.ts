import { expect } from 'vitest';
import type { LogBench } from './event-log-suite-bench.ts';
import { appendMany, benchTest, eventually, listen, ticket } from './event-log-suite-kit.ts';

/** How far a measured offset may lie from the true one, in milliseconds: half a busy round trip. */
const OFFSET_MS = 250;

/** What a process can tell of its own load and drift. */
export function loadSuite(make: () => Promise<LogBench>): void {
  const fact = (name: string, run: (bench: LogBench) => Promise<void>): void => benchTest(name, make, run);
  const lagOf = (bench: LogBench, durable: string): Promise<number> =>
    bench.log.lag({ service: bench.service, durable });
  /** The broker counts a moment after it has acknowledged. */
  const becomes = async (bench: LogBench, durable: string, lag: number): Promise<void> =>
    await eventually(bench, async () => (await lagOf(bench, durable)) === lag);

  fact('the lag of a durable is what it has yet to deliver of what it hears', async (bench) => {
    expect(await lagOf(bench, 'reader')).toBe(0);
    await appendMany(bench.log, ticket(bench, 'a'), 7);
    await appendMany(bench.log, { ...ticket(bench, 'n'), entityType: 'note' }, 2);
    await becomes(bench, 'reader', 9);
    await becomes(bench, 'notes', 2);
    const { received } = await listen(bench, bench.log);
    await eventually(bench, () => received.length >= 9);
    expect([await lagOf(bench, 'reader'), await lagOf(bench, 'notes')]).toEqual([0, 2]);
  });

  fact('what is out with somebody who is at it is no lag', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 5);
    const { promise, resolve } = Promise.withResolvers<void>();
    const atIt = { maxInFlight: 2, durable: 'reader' };
    const { received } = await listen(bench, bench.log, () => promise, atIt);
    await eventually(bench, () => received.length === 2);
    await becomes(bench, 'reader', 3);
    resolve();
  });

  fact('storage is what is stored, in copies that have all of it in the end', async (bench) => {
    const { commits, bytes } = await bench.log.storage(bench.service);
    await appendMany(bench.log, ticket(bench, 'a'), 3);
    await eventually(bench, async () => (await bench.log.storage(bench.service)).lag === 0);
    const after = await bench.log.storage(bench.service);
    expect([after.commits - commits, after.bytes > bytes + 3 * 100]).toEqual([3, true]);
    await eventually(bench, async () => (await bench.log.storage(bench.service)).behind === 0);
    expect([1, 3]).toContain((await bench.log.storage(bench.service)).current);
  });

  fact(
    'the clock offset is how far this clock is ahead of the broker, below 0 when behind',
    async (bench) => {
      for (const skewMs of [0, 5_000, -5_000]) {
        const { log } = await bench.newInstanceAhead(skewMs);
        const offsetMs = await log.clockOffset(bench.service);
        expect(Math.abs(offsetMs - skewMs)).toBeLessThan(OFFSET_MS);
      }
    },
  );
}
