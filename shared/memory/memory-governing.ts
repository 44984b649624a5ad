import { RefrainError } from '@refrain/errors';
import {
  type Governing,
  type GovernorStore,
  type Kept,
  type Listening,
  type Reports,
  type Word,
  word,
} from '@refrain/governor';
import type { MemoryBroker } from './memory-broker.ts';
import type { MemoryBucket } from './memory-bucket.ts';

/** One process's way to the broker. */
export interface MemoryWay {
  readonly broker: MemoryBroker;
  readonly isAlive: () => boolean;
  /** There, and back; it never returns when the process dies meanwhile. */
  readonly call: <T>(act: () => T) => Promise<T>;
  /** Does it now, or when the process goes on that is stopped; never once it is dead. */
  readonly whenGoing: (then: () => void) => void;
  /** Whether the acknowledgement of the write that was just stored is lost. */
  readonly losesAck: () => boolean;
}

/** A write is sent again after so long without an answer, and given up after three times. */
const ACK_TIMEOUT_MS = 500;
const TRIES = 3;
/** Two words and a half. */
const SILENCE_MS = 2_500;
const WATCH_MS = 500;

/** A bucket as one process sees it. See `jetStreamBucket`: the same promises, on virtual time. */
export function memoryBucketStore(way: MemoryWay, bucket: MemoryBucket): GovernorStore {
  const { broker, call } = way;
  let writes = 0;
  /** Tells this process's writes from those of others. */
  const self = broker.nextClient();
  return {
    read: (key) => call(() => keptOf(bucket.last(key))),
    history: (key, limit) =>
      call(() =>
        bucket
          .history(key)
          .toReversed()
          .slice(0, limit)
          .flatMap((one) => keptOf(one) ?? []),
      ),
    write: async (key, value, expected) => {
      const id = `${self}-${writes++}`;
      for (let tries = 1; tries <= TRIES; tries++) {
        const revision = await call(() => bucket.write({ key, value, expected, id }));
        if (revision === undefined) {
          const last = await call(() => bucket.last(key));
          return last?.id === id ? last.revision : undefined;
        }
        if (!way.losesAck()) return revision;
        await broker.clock.sleep(ACK_TIMEOUT_MS);
      }
      throw new RefrainError('RF_UNREACHABLE', { what: `"${key}"`, where: 'memory', problem: 'timeout' });
    },
  };
}

const keptOf = (kept: Kept | undefined): Kept | undefined =>
  kept && { revision: kept.revision, value: kept.value, at: kept.at };

/** Calls `then` after the way there, unless the message is lost or the process is dead by then. */
function send({ broker, isAlive }: MemoryWay, then: () => void): void {
  if (!isAlive() || broker.losesMessage()) return;
  broker.clock.at(broker.clock.now() + broker.latencyMs(), then);
}

const listening = (stop: () => void): Listening => ({
  stop: async () => {
    stop();
  },
});

/** What instances tell of themselves, as a governor hears it: whoever listens later has missed it. */
export function memoryReports(way: MemoryWay): Reports {
  const { bucket } = way.broker;
  return {
    subscribe: (heard) =>
      way.call(() =>
        listening(
          bucket.onReport((report) => {
            way.whenGoing(() => heard(report));
          }),
        ),
      ),
  };
}

/** What an instance has of its governors: it tells of itself, and hears their words. */
export function memoryGoverning(way: MemoryWay): Governing {
  return {
    report: (report) => send(way, () => way.broker.bucket.report(report)),
    listen: (dependencies, heard) =>
      way.call(() => {
        const stops = dependencies.map((dependency) => listenTo(way, dependency, heard));
        return listening(() => {
          for (const stop of stops) stop();
        });
      }),
  };
}

/** Each word as it comes; the last one at the start and whenever nothing was heard for 2.5 s. */
function listenTo(way: MemoryWay, dependency: string, heard: (word: Word) => void): () => void {
  const { broker, isAlive, call, whenGoing } = way;
  let stopped = false;
  let known = { epoch: 0, tick: 0 };
  let at = broker.clock.now();
  const take = (value: string | undefined): void => {
    const read = value === undefined ? undefined : wordOf(value);
    if (!read || read.dependency !== dependency || stopped || !isAlive()) return;
    if (read.epoch < known.epoch || (read.epoch === known.epoch && read.tick <= known.tick)) return;
    known = read;
    at = broker.clock.now();
    heard(read);
  };
  const ask = async (): Promise<void> => {
    at = broker.clock.now();
    take(await call(() => broker.bucket.last(`word.${dependency}`)?.value));
  };
  const watch = (): void => {
    if (stopped || !isAlive()) return;
    if (broker.clock.now() - at >= SILENCE_MS) void ask();
    broker.clock.at(broker.clock.now() + WATCH_MS, () => whenGoing(watch));
  };
  const off = broker.bucket.onWord((name, value) => {
    if (name === dependency) send(way, () => whenGoing(() => take(value)));
  });
  void ask();
  watch();
  return () => {
    stopped = true;
    off();
  };
}

function wordOf(value: string): Word | undefined {
  try {
    return word.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
