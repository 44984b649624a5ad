import { expect } from 'vitest';
import { type LogBench, SUITE_ACK_WAIT_MS } from './event-log-suite-bench.ts';
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

/** A durable delivers everything it hears, in order, until it is acknowledged. */
export function deliverySuite(make: () => Promise<LogBench>): void {
  const fact = (name: string, run: (bench: LogBench) => Promise<void>): void => benchTest(name, make, run);

  fact('every commit comes once, in order, what was there before and what comes after', async (bench) => {
    const last = await appendMany(bench.log, ticket(bench, 'a'), 60);
    const { received } = await listen(bench, bench.log);
    await appendMany(bench.log, ticket(bench, 'a'), 60, last);
    await eventually(bench, () => received.length >= 120);
    await bench.clock.sleep(100);
    expect(seqsOf(received)).toEqual(upTo(120));
    expect(received.some(({ redelivered }) => redelivered)).toBe(false);
    const [first] = received;
    expect(first?.commit.entity).toEqual(ticket(bench, 'a'));
    expect(first?.commit.types).toEqual(['TicketNoted.1']);
    expect(first?.commit.body()).toEqual((await bench.log.load(ticket(bench, 'a'), 0))[0]?.body());
  });

  fact('a durable of one type of entity hears no other', async (bench) => {
    const { received } = await listen(bench, bench.log, undefined, { maxInFlight: 4, durable: 'notes' });
    await appended(bench.log, commitOn(ticket(bench, 'a'), 0, 'a'));
    const note = { ...ticket(bench, 'n'), entityType: 'note' };
    const seq = await appended(bench.log, commitOn(note, 0, 'n'));
    await eventually(bench, () => received.length > 0);
    expect(seqsOf(received)).toEqual([seq]);
  });

  fact('no more are handled at once than asked for, and the rest follow', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 40);
    let now = 0;
    let most = 0;
    const slow = async (delivery: { ack(): void }): Promise<void> => {
      most = Math.max(most, ++now);
      await bench.clock.sleep(10);
      delivery.ack();
      now--;
    };
    const { received } = await listen(bench, bench.log, slow, { maxInFlight: 3, durable: 'reader' });
    await eventually(bench, () => received.length >= 40);
    expect(most).toBe(3);
  });

  fact('what is not settled comes again after the ack wait, and says so', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 1);
    const { received } = await listen(bench, bench.log, (delivery, count) =>
      count > 1 ? delivery.ack() : undefined,
    );
    await eventually(bench, () => received.length >= 2);
    const [first, second] = received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(SUITE_ACK_WAIT_MS * 0.9);
    expect([first?.redelivered, second?.redelivered]).toEqual([false, true]);
    await bench.clock.sleep(SUITE_ACK_WAIT_MS * 1.3);
    expect(received).toHaveLength(2);
  });

  fact('who is still at it keeps the delivery beyond the ack wait', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 1);
    const { received } = await listen(bench, bench.log, async (delivery) => {
      for (let i = 0; i < 5; i++) {
        await bench.clock.sleep(SUITE_ACK_WAIT_MS * 0.35);
        delivery.working();
      }
      delivery.ack();
    });
    await bench.clock.sleep(SUITE_ACK_WAIT_MS * 2.2);
    expect(received).toHaveLength(1);
  });

  fact('a nak brings it again after its delay, and holds nothing else up', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 3);
    const { received } = await listen(bench, bench.log, (delivery, count) =>
      count === 1 ? delivery.nak(300) : delivery.ack(),
    );
    await eventually(bench, () => received.length >= 4);
    expect(seqsOf(received)).toEqual([1, 2, 3, 1]);
    expect((received[3]?.at ?? 0) - (received[0]?.at ?? 0)).toBeGreaterThanOrEqual(270);
    expect(received[3]?.redelivered).toBe(true);
  });

  fact('the first of ack and nak counts', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 2);
    const { received } = await listen(bench, bench.log, (delivery, count) => {
      if (count === 1) delivery.nak(50);
      delivery.ack();
      delivery.nak(1);
    });
    await eventually(bench, () => received.length >= 3);
    await bench.clock.sleep(200);
    expect(seqsOf(received)).toEqual([1, 2, 1]);
  });

  fact('a handler that throws gets its delivery again, the others go on', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 3);
    const { received } = await listen(bench, bench.log, (delivery, count) => {
      if (count === 1) throw new Error('not today');
      delivery.ack();
    });
    await eventually(bench, () => received.length >= 4);
    expect(seqsOf(received)).toEqual([1, 2, 3, 1]);
    // Sooner than if it had not been settled at all.
    expect((received[3]?.at ?? 0) - (received[0]?.at ?? 0)).toBeLessThan(SUITE_ACK_WAIT_MS * 0.9);
  });

  fact('two instances of one durable share the deliveries', async (bench) => {
    const other = await bench.newInstance();
    const ours = await listen(bench, bench.log, undefined, { maxInFlight: 4, durable: 'reader' });
    const theirs = await listen(bench, other.log, undefined, { maxInFlight: 4, durable: 'reader' });
    await Promise.all(upTo(20).map((i) => appendMany(bench.log, ticket(bench, `e${i}`), 10)));
    await eventually(bench, () => ours.received.length + theirs.received.length >= 200);
    await bench.clock.sleep(50);
    expect(seqsOf([...ours.received, ...theirs.received]).toSorted((a, b) => a - b)).toEqual(upTo(200));
    expect(Math.min(ours.received.length, theirs.received.length)).toBeGreaterThan(0);
  });

  fact(
    'after a stop nothing more comes; what is in flight is still settled, the rest goes to others at once',
    async (bench) => {
      await appendMany(bench.log, ticket(bench, 'a'), 30);
      const gate = Promise.withResolvers<void>();
      const hold = async (delivery: { ack(): void }): Promise<void> => {
        await gate.promise;
        delivery.ack();
      };
      const { received, subscription } = await listen(bench, bench.log, hold, {
        maxInFlight: 5,
        durable: 'reader',
      });
      await eventually(bench, () => received.length >= 5);
      const stopping = subscription.stop();
      gate.resolve();
      await stopping;
      const other = await bench.newInstance();
      const rest = await listen(bench, other.log);
      await eventually(bench, () => rest.received.length >= 25, SUITE_ACK_WAIT_MS * 0.8);
      await bench.clock.sleep(SUITE_ACK_WAIT_MS * 1.3);
      expect(received).toHaveLength(5);
      expect(seqsOf([...received, ...rest.received]).toSorted((a, b) => a - b)).toEqual(upTo(30));
    },
  );

  fact('a stop amid a stream of commits strands none of them', async (bench) => {
    const options = { maxInFlight: 64, durable: 'reader' };
    const { received, subscription } = await listen(bench, bench.log, undefined, options);
    const writing = Promise.all(upTo(20).map((i) => appendMany(bench.log, ticket(bench, `e${i}`), 20)));
    await eventually(bench, () => received.length >= 100);
    await subscription.stop();
    const { log: other } = await bench.newInstance();
    const rest = await listen(bench, other, undefined, options);
    await writing;
    const all = () => new Set(seqsOf([...received, ...rest.received])).size;
    await eventually(bench, () => all() === 400, SUITE_ACK_WAIT_MS * 0.7);
  });
}
