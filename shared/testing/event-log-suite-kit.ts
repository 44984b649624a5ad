import {
  type AppendResult,
  type Commit,
  type Delivery,
  type Entity,
  type EventLog,
  type NewCommit,
  newCommit,
  type RecordedEvent,
  type SubscribeOptions,
  type Subscription,
} from '@refrain/event-log';
import { expect, test } from 'vitest';
import type { LogBench } from './event-log-suite-bench.ts';

/** A test with a bench of its own. */
export function benchTest<Bench extends { close(): Promise<void> }>(
  name: string,
  make: () => Promise<Bench>,
  run: (bench: Bench) => Promise<void>,
): void {
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- each fact brings its assertions and its name
  test(name, { timeout: 30_000 }, async () => {
    const bench = await make();
    try {
      await run(bench);
    } finally {
      await bench.close();
    }
  });
}

/** An entity of the bench's service. */
export const ticket = (bench: LogBench, entityId: string): Entity => ({
  service: bench.service,
  entityType: 'ticket',
  entityId,
});

/** An event whose id and cause follow from `what`: equal calls make equal commits. */
export const eventOf = (what: string, data: unknown = { what }): RecordedEvent => ({
  id: `id-${what}`,
  type: 'TicketNoted',
  version: 1,
  cause: `event:cause-${what}`,
  reaction: 'note',
  correlation: 'flow-1',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data,
});

/** A commit of one event; equal arguments make equal commits. */
export const commitOn = (entity: Entity, expected: number, what: string, data?: object): NewCommit =>
  newCommit({ entity, expected, events: [data ? eventOf(what, data) : eventOf(what)] });

/** Appends and gives the sequence. Fails when it is not appended. */
export async function appended(log: EventLog, commit: NewCommit): Promise<number> {
  const result = await log.append(commit);
  expect(result.outcome).toBe('appended');
  return (result as AppendResult & { seq: number }).seq;
}

/** Appends `count` commits, one after the other, to one entity; gives the last sequence. */
export async function appendMany(
  log: EventLog,
  entity: Entity,
  count: number,
  expected = 0,
): Promise<number> {
  let seq = expected;
  for (let i = 0; i < count; i++)
    seq = await appended(log, commitOn(entity, seq, `${entity.entityId}-${seq}-${i}`));
  return seq;
}

/** Waits until `holds`, by the bench's clock. Fails after `withinMs`. */
export async function eventually(
  bench: LogBench,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const until = bench.clock.now() + withinMs;
  while (!(await holds())) {
    if (bench.clock.now() > until) throw new Error(`It did not come about within ${withinMs} ms.`);
    await bench.clock.sleep(10);
  }
}

/** What came to a listener, and when by the bench's clock. */
export interface Received {
  readonly commit: Commit;
  readonly redelivered: boolean;
  readonly predates: boolean;
  readonly at: number;
}

/** Subscribes and notes what comes. Default: acknowledges it. */
export async function listen(
  bench: LogBench,
  log: EventLog,
  handle: (delivery: Delivery, count: number) => Promise<void> | void = (delivery) => delivery.ack(),
  options: SubscribeOptions & { durable: string } = { maxInFlight: 16, durable: 'reader' },
): Promise<{ received: Received[]; subscription: Subscription }> {
  const received: Received[] = [];
  const ref = { service: bench.service, durable: options.durable };
  const subscription = await log.subscribe(ref, options, async (delivery) => {
    const { commit, redelivered, predates } = delivery;
    received.push({ commit, redelivered, predates, at: bench.clock.now() });
    await handle(delivery, received.length);
  });
  return { received, subscription };
}

/** Where in the log they lie. */
export const seqsOf = (list: readonly (Commit | Received)[]): number[] =>
  list.map((one) => ('commit' in one ? one.commit.seq : one.seq));

/** The sequences from 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
