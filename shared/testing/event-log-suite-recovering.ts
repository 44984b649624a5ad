import type { Delivery } from '@refrain/event-log';
import { expect } from 'vitest';
import type { LogBench } from './event-log-suite-bench.ts';
import { appendMany, benchTest, eventually, listen, seqsOf, ticket } from './event-log-suite-kit.ts';

const refOf = ({ service }: LogBench) => ({ service, durable: 'reader' });

/** What a recovery leans on: durables tell where they stand, and can be put back. */
export function recoveringSuite(make: () => Promise<LogBench>): void {
  benchTest('a durable tells its floor, what is out, and whether somebody asks', make, async (bench) => {
    const { durables } = bench.recovering;
    const stateOf = () => durables.stateOf(refOf(bench));
    await appendMany(bench.log, ticket(bench, 'a'), 4);
    await eventually(bench, async () => (await stateOf()).pending === 4);
    expect(await stateOf()).toEqual({ floor: 0, pending: 4, out: 0, asked: false });
    const held: Delivery[] = [];
    const { received, subscription } = await listen(bench, bench.log, (delivery, count) => {
      if (count === 3) held.push(delivery);
      else delivery.ack();
    });
    await eventually(bench, () => received.length === 4);
    await eventually(bench, async () => (await stateOf()).out === 1 && (await stateOf()).floor === 2);
    expect(await stateOf()).toEqual({ floor: 2, pending: 0, out: 1, asked: true });
    held[0]?.ack();
    await eventually(bench, async () => (await stateOf()).floor === 4);
    await subscription.stop();
    await eventually(bench, async () => !(await stateOf()).asked);
  });

  benchTest(
    'a durable that is put back brings again all behind that floor, twice as once',
    make,
    async (bench) => {
      const { durables } = bench.recovering;
      await appendMany(bench.log, ticket(bench, 'a'), 6);
      const first = await listen(bench, bench.log);
      await eventually(bench, async () => (await durables.stateOf(refOf(bench))).floor === 6);
      await first.subscription.stop();
      for (const _ of ['once', 'again']) {
        await durables.rewind(refOf(bench), 2);
        expect(await durables.stateOf(refOf(bench))).toMatchObject({ floor: 2, pending: 4, out: 0 });
      }
      const second = await listen(bench, bench.log);
      await eventually(bench, async () => (await durables.stateOf(refOf(bench))).floor === 6);
      expect(seqsOf(second.received).toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6]);
    },
  );

  benchTest('what is kept in the bucket is read by all, and written by one', make, async (bench) => {
    const { bucket } = bench.recovering;
    const key = `report.${bench.service}`;
    expect(await bucket.read(key)).toBeUndefined();
    const revision = await bucket.write(key, 'one', 0);
    expect(await bucket.write(key, 'two', 0)).toBeUndefined();
    expect(await bucket.write(key, 'three', revision ?? 0)).toBeGreaterThan(revision ?? 0);
    const kept = await bucket.history(key, 10);
    expect(kept.map(({ value }) => value)).toEqual(['three', 'one']);
    expect(await bucket.read(key)).toEqual(kept[0]);
  });
}
