import { expect } from 'vitest';
import { type EventLogSuiteOptions, type LogBench, SUITE_ACK_WAIT_MS } from './event-log-suite-bench.ts';
import { appendMany, benchTest, eventually, listen, seqsOf, ticket, upTo } from './event-log-suite-kit.ts';

type Fact = (name: string, run: (bench: LogBench) => Promise<void>) => void;

/** What a durable does about what is lost on the way, or late, and when it is made anew. */
export function redeliverySuite(
  make: () => Promise<LogBench>,
  { makeAnew }: Pick<EventLogSuiteOptions, 'makeAnew'>,
): void {
  const fact: Fact = (name, run) => benchTest(name, make, run);
  deathFacts(fact);
  fact('an ack that is late, when the delivery is with another already, still counts', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 1);
    const late = Promise.withResolvers<void>();
    const { received } = await listen(bench, bench.log, async (delivery, count) => {
      if (count > 1) return; // never settled by itself
      await late.promise;
      delivery.ack();
    });
    await eventually(bench, () => received.length === 2);
    late.resolve();
    await bench.clock.sleep(SUITE_ACK_WAIT_MS * 1.6);
    expect(received).toHaveLength(2);
  });

  fact('a durable that is made anew delivers everything again, as if for the first time', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'a'), 5);
    const { received } = await listen(bench, bench.log);
    await eventually(bench, () => received.length === 5);
    await bench.clock.sleep(100);
    await makeAnew(bench, 'reader');
    await eventually(bench, () => received.length >= 10);
    expect(seqsOf(received)).toEqual([...upTo(5), ...upTo(5)]);
    expect(received.some(({ redelivered }) => redelivered)).toBe(false);
    await appendMany(bench.log, ticket(bench, 'b'), 1);
    await eventually(bench, () => received.length >= 11);
    // That it says: whoever reads cannot count what one of this name delivered before.
    const flags = received.map(({ predates }) => predates);
    expect(flags).toEqual([...Array(5).fill(false), ...Array(5).fill(true), false]);
    expect(await bench.log.lag({ service: bench.service, durable: 'reader' })).toBe(0);
  });
}

/** What an instance that died had, or had just said, is not lost. */
function deathFacts(fact: Fact): void {
  fact('what a killed instance held comes to another one after the ack wait, and says so', async (bench) => {
    const dying = await bench.newInstanceToKill();
    const held = await listen(bench, dying.log, () => new Promise(() => {}), {
      maxInFlight: 4,
      durable: 'reader',
    });
    await appendMany(bench.log, ticket(bench, 'a'), 4);
    await eventually(bench, () => held.received.length === 4);
    await dying.kill();
    await appendMany(bench.log, ticket(bench, 'b'), 2);
    const { received } = await listen(bench, bench.log);
    await eventually(bench, () => new Set(seqsOf(received)).size === 6);
    expect(new Set(seqsOf(received))).toEqual(new Set(upTo(6)));
    const again = received.filter(({ redelivered }) => redelivered);
    expect(seqsOf(again)).toEqual(expect.arrayContaining(upTo(4)));
  });

  fact(
    'an ack that is lost brings the delivery to whoever listens then, and only that one',
    async (bench) => {
      const dying = await bench.newInstanceToKill();
      const first = await listen(
        bench,
        dying.log,
        async (delivery) => {
          if (delivery.commit.seq === 2) await dying.kill(); // its ack goes nowhere
          delivery.ack();
        },
        { maxInFlight: 1, durable: 'reader' },
      );
      await appendMany(bench.log, ticket(bench, 'a'), 2);
      await eventually(bench, () => first.received.length === 2);
      const { received } = await listen(bench, bench.log);
      await eventually(bench, () => received.length > 0);
      await bench.clock.sleep(SUITE_ACK_WAIT_MS * 1.3);
      expect(received.map(({ commit, redelivered }) => [commit.seq, redelivered])).toEqual([[2, true]]);
    },
  );
}
