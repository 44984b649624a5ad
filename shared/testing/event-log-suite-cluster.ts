import type { Commit, EventLog } from '@refrain/event-log';
import { expect } from 'vitest';
import type { ClusterTroubles, LogBench, LogInstance } from './event-log-suite-bench.ts';
import {
  appended,
  benchTest,
  commitOn,
  eventually,
  listen,
  seqsOf,
  ticket,
  upTo,
} from './event-log-suite-kit.ts';

const NODES = [0, 1, 2] as const;
/** An election after a kill takes 4 to 10 s. */
const ELECTED_MS = 20_000;

type Fact = (name: string, run: (bench: LogBench) => Promise<void>) => void;

/** One at each node, which knows no other. */
const everywhere = (bench: LogBench): Promise<LogInstance[]> =>
  Promise.all(NODES.map((node) => bench.newInstance(node)));

/** Replicas lag. Nothing is decided on what is old. */
export function lagSuite(make: () => Promise<LogBench>): void {
  const fact: Fact = (name, run) => benchTest(name, make, run);
  fact(
    'a replica may lag: what it shows is a beginning without a gap, and the leader knows all',
    async (bench) => {
      const readers = await everywhere(bench);
      const entity = ticket(bench, 'a');
      let last = 0;
      for (let i = 0; i < 150; i++) {
        last = await appended(bench.log, commitOn(entity, last, `${i}`));
        await Promise.all(
          readers.map(async ({ log }) => {
            const [loaded, read, position, top] = await Promise.all([
              log.load(entity, 0),
              log.read(bench.service, 1, 1_000),
              log.last(entity),
              log.lastSequence(bench.service),
            ]);
            for (const seen of [loaded, read]) expect(seqsOf(seen)).toEqual(upTo(seen.length));
            expect([position?.seq, top]).toEqual([last, last]);
          }),
        );
      }
      for (const { log } of readers)
        await eventually(bench, async () => (await log.load(entity, 0)).length === last);
    },
  );

  fact(
    'who decides on what a replica showed is refused where that was old, and no decision is lost',
    async (bench) => {
      const writers = await everywhere(bench);
      const entity = ticket(bench, 'counter');
      const won = await Promise.all(
        [...writers, ...writers].map(({ log }, who) => count(bench, log, { entity, who, times: 15 })),
      );
      const stored = await fromLeader(bench, entity);
      expect(stored.map((commit) => countOf(commit))).toEqual(upTo(won.flat().length));
      expect(won.flat().toSorted((a, b) => a - b)).toEqual(upTo(90));
    },
  );
}

/** Leaders hand over, and die. Nothing is lost and nothing doubled. */
export function clusterSuite(make: () => Promise<LogBench>, cluster: ClusterTroubles): void {
  const fact: Fact = (name, run) => benchTest(name, make, run);
  fact(
    'leaders that hand over while all are at it: nothing is lost, nothing doubled, nothing stands still',
    async (bench) => {
      await amidWriting(bench, await everywhere(bench), async () => {
        for (let i = 0; i < 2; i++) {
          await cluster.stepDown(bench);
          await bench.clock.sleep(300);
        }
      });
    },
  );

  fact(
    'a leader that is killed while all are at it: the same, once the others have chosen another',
    async (bench) => {
      let start = async (): Promise<void> => {};
      try {
        await amidWriting(bench, await Promise.all(NODES.map(() => bench.newInstance())), async () => {
          start = await cluster.killLeader(bench);
        });
      } finally {
        await start();
      }
    },
  );
}

const countOf = (commit: Commit): number =>
  (commit.body().events[0]?.data as { count: number } | undefined)?.count ?? Number.NaN;

/** Raises a counter by one so many times, from whatever a replica shows; gives the counts that it reached. */
async function count(
  bench: LogBench,
  log: EventLog,
  { entity, who, times }: { entity: ReturnType<typeof ticket>; who: number; times: number },
): Promise<number[]> {
  const reached = new Set<number>();
  while (reached.size < times) {
    const seen = (await log.load(entity, 0)).at(-1);
    const next = seen ? countOf(seen) + 1 : 1;
    const answer = await log.append(commitOn(entity, seen?.seq ?? 0, `${who}-${next}`, { count: next }));
    // What it decided before, on a replica that does not show it yet: the very same commit, and stored once.
    if (answer.outcome === 'appended') reached.add(next);
    else await bench.clock.sleep(5 * Math.random());
  }
  return [...reached];
}

/** The whole of an entity, once the replica that answers has all that the leader has. */
async function fromLeader(bench: LogBench, entity: ReturnType<typeof ticket>): Promise<Commit[]> {
  let all: Commit[] = [];
  await eventually(bench, async () => {
    all = await bench.log.load(entity, 0);
    return all.at(-1)?.seq === (await bench.log.last(entity))?.seq;
  });
  return all;
}

/** Writers and readers; after the trouble each must have gone on, and all must be there once. */
async function amidWriting(
  bench: LogBench,
  instances: readonly LogInstance[],
  trouble: () => Promise<void>,
): Promise<void> {
  const heard = await Promise.all(instances.map(({ log }) => listen(bench, log)));
  const received = (): number[] => heard.flatMap((one) => seqsOf(one.received));
  const writing = { on: true };
  const written: number[][] = instances.map(() => []);
  const writers = instances.map(async ({ log }, who) => {
    for (let last = 0; writing.on; await bench.clock.sleep(5)) {
      last = await appended(log, commitOn(ticket(bench, `w${who}`), last, `${who}-${last}`));
      written[who]?.push(last);
    }
  });
  await eventually(bench, () => received().length >= 30);
  await trouble();
  const before = written.map((own) => own.length);
  const readBefore = received().length;
  await eventually(
    bench,
    () =>
      written.every((own, who) => own.length > (before[who] ?? 0) + 10) &&
      received().length > readBefore + 30,
    ELECTED_MS,
  );
  writing.on = false;
  await Promise.all(writers);
  const last = await bench.log.lastSequence(bench.service);
  expect(written.flat().toSorted((a, b) => a - b)).toEqual(upTo(last));
  await eventually(bench, () => new Set(received()).size === last, ELECTED_MS);
}
