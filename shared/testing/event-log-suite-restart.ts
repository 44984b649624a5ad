import type { EventLog } from '@refrain/event-log';
import { expect } from 'vitest';
import type { EventLogSuiteOptions, LogBench } from './event-log-suite-bench.ts';
import {
  appended,
  appendMany,
  benchTest,
  commitOn,
  eventually,
  listen,
  seqsOf,
  ticket,
  upTo,
} from './event-log-suite-kit.ts';

const WRITERS = 12;
/** A broker that is killed knows of the deliveries that it made so many milliseconds before, and more. */
const REMEMBERED_AFTER_MS = 300;

type Restart = NonNullable<EventLogSuiteOptions['restart']>;

/** A broker that ends and starts again loses nothing and doubles nothing. */
export function restartSuite(make: () => Promise<LogBench>, restart: Restart): void {
  deliveriesOver(make, restart);
  storedOver(make, restart);
}

function deliveriesOver(make: () => Promise<LogBench>, restart: Restart): void {
  for (const how of ['SIGTERM', 'SIGKILL'] as const) {
    benchTest(
      `${how}: appends and deliveries go on, nothing is lost and nothing doubled`,
      make,
      async (bench) => {
        const { received } = await listen(bench, bench.log);
        const writing = { on: true };
        const writers = upTo(WRITERS).map((i) => writeOn(bench, bench.log, `e${i}`, writing));
        await eventually(bench, () => received.length >= WRITERS * 5);
        await restart(bench, how);
        const before = received.length;
        await eventually(bench, () => received.length > before + WRITERS * 5);
        writing.on = false;
        const written = (await Promise.all(writers)).flat();
        const last = await bench.log.lastSequence(bench.service);
        expect(written.toSorted((a, b) => a - b)).toEqual(upTo(last));
        await eventually(bench, () => new Set(seqsOf(received)).size >= last);
        // A broker that is killed forgets what it had delivered and what was acknowledged of late: after that
        // a delivery comes again, and not even says so. One that is ended knows; only acks that were under
        // way are lost.
        const once = received.filter(({ redelivered }) => !redelivered);
        if (how === 'SIGTERM') expect(new Set(seqsOf(once)).size).toBe(once.length);
        for (const { commit } of received.slice(0, 20))
          expect((await bench.log.read(bench.service, commit.seq, 1))[0]?.id).toBe(commit.id);
      },
    );
  }

  for (const [name, before] of [
    ['was out for a while', 8],
    ['had just come again', 16],
  ] as const)
    benchTest(`a delivery that ${name} comes again after a kill and says so`, make, async (bench) => {
      for (let i = 0; i < 8; i++) await appended(bench.log, commitOn(ticket(bench, `e${i}`), 0, `e${i}`));
      const keep = async (): Promise<void> => {};
      const { received } = await listen(bench, bench.log, keep, { maxInFlight: 8, durable: 'reader' });
      await eventually(bench, () => received.length === 8);
      await bench.clock.sleep(REMEMBERED_AFTER_MS);
      await eventually(bench, () => received.length === before);
      await restart(bench, 'SIGKILL');
      await eventually(bench, () => received.length >= before + 8);
      expect(received.slice(0, 8).map(({ redelivered }) => redelivered)).not.toContain(true);
      expect(received.slice(8).map(({ redelivered }) => redelivered)).not.toContain(false);
    });
}

function storedOver(make: () => Promise<LogBench>, restart: Restart): void {
  benchTest('what is not acknowledged keeps the floor of its durable down', make, async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 4);
    const { received, subscription } = await listen(bench, bench.log, async () => {});
    await eventually(bench, () => received.length === 4);
    await subscription.stop();
    await restart(bench, 'SIGKILL');
    const ref = { service: bench.service, durable: 'reader' };
    expect(await bench.recovering.durables.stateOf(ref)).toMatchObject({ floor: 0 });
  });

  benchTest('what was stored before is loaded after it', make, async (bench) => {
    const entity = ticket(bench, 'a');
    const commit = commitOn(entity, 0, 'kept');
    const seq = await appended(bench.log, commit);
    await restart(bench, 'SIGKILL');
    expect(await bench.log.last(entity)).toEqual({ seq, commitId: commit.id });
    expect((await bench.log.load(entity, 0)).map(({ id }) => id)).toEqual([commit.id]);
    expect(await bench.log.append(commit)).toMatchObject({ outcome: 'appended', seq, duplicate: true });
  });

  benchTest('alarms fire on time or, overdue, at once', make, async (bench) => {
    const alarm = (operation: string) => ({
      service: bench.service,
      operation,
      entityType: 'ticket',
      entityId: 'a',
    });
    const start = bench.clock.now();
    await bench.schedules.set(alarm('overdue'), start + 100);
    await bench.schedules.set(alarm('future'), start + 3_000);
    await restart(bench, 'SIGKILL');
    const fired = new Map<string, number>();
    await bench.schedules.subscribe(bench.service, { maxInFlight: 4 }, async (firing) => {
      fired.set(firing.alarm.operation, bench.clock.now() - start);
      firing.ack();
    });
    await eventually(bench, () => fired.size === 2);
    expect(fired.get('overdue')).toBeLessThan(2_900);
    expect(fired.get('future')).toBeGreaterThanOrEqual(2_950);
  });
}

/** One writer of one entity, commit after commit. Every append must be ours: nobody else writes here. */
async function writeOn(
  bench: LogBench,
  log: EventLog,
  id: string,
  writing: { on: boolean },
): Promise<number[]> {
  const seqs: number[] = [];
  while (writing.on) {
    const expected = seqs.at(-1) ?? 0;
    seqs.push(await appended(log, commitOn(ticket(bench, id), expected, `${id}-${expected}`)));
    await bench.clock.sleep(5);
  }
  return seqs;
}
