import { RefrainError } from '@refrain/errors';
import { type StoredMessage, streamOf } from '@refrain/event-log';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { headerBytes } from './headers.ts';
import { pauseMs, sleep } from './pauses.ts';
import { lastSequenceOf, read, untilAnswered } from './read.ts';
import { code, isBusy, isUndecided, refusal, type Refusal } from './refusal.ts';
import { TIME_HEADER } from './stored-commit.ts';
import type { BrokerPlan } from './topology.ts';
import { rawHeaders, Unanswered, type Wire, wireOf } from './wire.ts';

/** Messages as they are stored, to be carried to another broker. */
export interface Copies {
  /** As `EventLog.read`. @throws RF_UNREACHABLE. */
  read(service: string, from: number, limit: number): Promise<StoredMessage[]>;
  lastSequence(service: string): Promise<number>;
  /**
   * Stores messages of one service at the very positions that they had; they follow one another and what is
   * there. What is there already of them is not stored again.
   * @throws RF_COPY_REFUSED when the log holds something else there, or 30 s passed without progress: what
   * was stored stays.
   */
  write(messages: readonly StoredMessage[]): Promise<void>;
}

const TIMEOUT_MS = 5_000;
const GIVE_UP_MS = 30_000;

/**
 * Copies over one connection. To write it has to be the service's own, or one that may publish everywhere.
 */
export function jetStreamCopies(nc: NatsConnection): Copies {
  const wire = wireOf(nc);
  const asking = async <T>(service: string, attempt: () => Promise<T>): Promise<T> =>
    await untilAnswered(`the log of ${service}`, GIVE_UP_MS, attempt);
  const lastSequence = (service: string): Promise<number> =>
    asking(service, () => lastSequenceOf(wire, service, TIMEOUT_MS));
  return {
    read: async (service, from, limit) => {
      const query = { service, from, limit, timeoutMs: TIMEOUT_MS };
      return (await asking(service, () => read(wire, query))).map(({ message }) => message);
    },
    lastSequence,
    write: (messages) => writeAll(wire, messages, lastSequence),
  };
}

/**
 * All at once, each under the stream's expected sequence: where one is missing, none behind it is stored, so
 * it is gone on with from where the stream ends.
 */
async function writeAll(
  wire: Wire,
  messages: readonly StoredMessage[],
  lastSequence: (service: string) => Promise<number>,
): Promise<void> {
  const [first] = messages;
  if (!first) return;
  const { service } = first;
  const end = first.seq + messages.length - 1;
  let left = messages;
  let progressAt = performance.now();
  for (let setbacks = 0; left.length > 0; ) {
    const next = end - left.length + 1;
    const batch = setbacks === 0 ? left : withoutRepeats(left);
    const results = await Promise.allSettled(batch.map((message) => writeOne(wire, message)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed && !(failed.reason instanceof Unanswered)) throw failed.reason;
    const last = failed ? await lastSequence(service) : next + batch.length - 1;
    if (last < next - 1 || last > end) throw refused(service, next, `the log ends at ${last}`);
    if (last >= next) progressAt = performance.now();
    else if (performance.now() - progressAt > GIVE_UP_MS)
      throw refused(service, next, `the broker stored nothing for ${GIVE_UP_MS / 1_000} s`);
    left = left.slice(last - next + 1);
    if (failed) await sleep(pauseMs(++setbacks));
  }
}

/**
 * Replicas refuse a second proposal of a subject while the first is under way. After a setback no subject
 * goes out twice at once.
 */
function withoutRepeats(messages: readonly StoredMessage[]): readonly StoredMessage[] {
  const subjects = new Set<string>();
  const repeat = messages.findIndex(({ subject }) => subjects.size === subjects.add(subject).size);
  return repeat === -1 ? messages : messages.slice(0, repeat);
}

/** @throws Unanswered where it is not known, or is to be tried again. */
async function writeOne(wire: Wire, message: StoredMessage): Promise<void> {
  const { service, subject, seq, at, header, body } = message;
  const own = headerBytes({
    [TIME_HEADER]: new Date(at).toISOString(),
    'Nats-Expected-Last-Sequence': String(seq - 1),
  });
  const bytes = Buffer.concat([Buffer.from(`NATS/1.0\r\n${header}`), own.subarray('NATS/1.0\r\n'.length)]);
  const answer = await wire.request(subject, body, TIMEOUT_MS, rawHeaders(bytes));
  const { error, seq: stored } = JSON.parse(answer.string()) as { error?: Refusal; seq?: number };
  if (!error && stored === seq) return;
  if (!error) throw refused(service, seq, `it was stored at ${stored}`);
  // One before it was not stored, or this one was and the answer got lost: where the stream ends tells.
  const isLate = error.err_code === code.wrongLastSequence || isUndecided(error) || isBusy(error);
  if (isLate) throw new Unanswered('timeout');
  throw refusal(`${streamOf(service)}:${seq}`, error);
}

const refused = (service: string, seq: number, problem: string): RefrainError =>
  new RefrainError('RF_COPY_REFUSED', { stream: streamOf(service), seq, problem });

/**
 * Makes the streams of a plan another platform's. Only for streams that hold nothing: every id in them is a
 * hash over it.
 */
export async function adoptPlatform(nc: NatsConnection, plan: BrokerPlan, platformId: string): Promise<void> {
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: TIMEOUT_MS });
  const names = new Set(plan.streams.map(({ name }) => name));
  for await (const { config } of manager.streams.list()) {
    if (!names.has(config.name) || config.metadata?.['platformId'] === platformId) continue;
    const metadata = { ...config.metadata, platformId };
    await manager.streams.update(config.name, { ...config, metadata });
  }
}
