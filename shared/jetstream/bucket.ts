import { randomUUID } from 'node:crypto';
import type { Bucket, Kept } from '@refrain/event-log';
import type { Msg, NatsConnection } from 'nats';
import { headerBytes, headerOf, headerTextOf, statusOf } from './headers.ts';
import { lastMessageOf, untilAnswered } from './read.ts';
import { code, isBusy, isUndecided, type Refusal, refusal, refusalOfReply } from './refusal.ts';
import { rawHeaders, Unanswered, type Wire, wireOf } from './wire.ts';

/** Which bucket: its stream, where a key of it is stored, and whose it is, for errors. */
export interface BucketPlace {
  readonly stream: string;
  readonly subjectOf: (key: string) => string;
  readonly owner: string;
  /** How long one request waits for its answer before it is sent again, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a request is repeated, in milliseconds; then RF_UNREACHABLE. */
  readonly giveUpMs: number;
}

interface Asking {
  readonly wire: Wire;
  readonly place: BucketPlace;
  readonly key: string;
}

/** As many as the bucket keeps of one key. */
const HISTORY = 64;

/**
 * A bucket of the broker. A write carries an id of its own: whose acknowledgement got lost finds by it that
 * what stands there is its own. Everything throws RF_UNREACHABLE after `giveUpMs`; a write may then have been
 * stored, or be stored a moment later.
 */
export function jetStreamBucket(nc: NatsConnection, place: BucketPlace): Bucket {
  const wire = wireOf(nc);
  const asking = async <T>(key: string, attempt: (asking: Asking) => Promise<T>): Promise<T> =>
    await untilAnswered(`"${key}" of ${place.owner}`, place.giveUpMs, () => attempt({ wire, place, key }));
  return {
    read: (key) => asking(key, read),
    write: async (key, value, expected) => {
      const id = randomUUID();
      return await asking(key, (a) => write(a, { id, value, expected }));
    },
    history: (key, limit) => asking(key, async (a) => (await all(a)).toReversed().slice(0, limit)),
  };
}

/** The last value of a key with the id it was written under, from the leader. */
const lastOf = ({ wire, place, key }: Asking): ReturnType<typeof lastMessageOf> => {
  const { stream, subjectOf, timeoutMs } = place;
  return lastMessageOf(wire, { stream, subject: subjectOf(key), timeoutMs });
};

async function read(a: Asking): Promise<Kept | undefined> {
  const last = await lastOf(a);
  return last && { revision: last.seq, value: last.text, at: last.at };
}

async function write(
  a: Asking,
  { id, value, expected }: { id: string; value: string; expected: number },
): Promise<number | undefined> {
  const headers = headerBytes({
    'Nats-Msg-Id': id,
    'Nats-Expected-Last-Subject-Sequence': String(expected),
  });
  const { subjectOf, timeoutMs } = a.place;
  const msg = await a.wire.request(subjectOf(a.key), Buffer.from(value), timeoutMs, rawHeaders(headers));
  const { error, seq } = JSON.parse(msg.string()) as { error?: Refusal; seq?: number };
  // Also for a duplicate: it is the sequence under which the first try was stored.
  if (!error) return seq;
  // A broker that is busy is as good as silent: the same is sent again.
  if (isBusy(error) || isUndecided(error)) throw new Unanswered('no responders');
  if (error.err_code !== code.wrongLastSequence) throw refusal(`a write of "${a.key}"`, error);
  const last = await lastOf(a);
  return last?.id === id ? last.seq : undefined;
}

/**
 * Every kept value of a key, oldest first, from any replica. Each reply names the one before it, so a lost
 * one shows.
 */
async function all({ wire, place, key }: Asking): Promise<Kept[]> {
  const found: Kept[] = [];
  let before = 0;
  const take = (msg: Msg): boolean => {
    const header = headerTextOf(msg);
    const status = statusOf(header);
    if (status === 404) return true;
    if (status !== 0 && status !== 204) throw refusalOfReply(`a read of "${key}"`, header);
    if (Number(headerOf(header, 'Nats-Last-Sequence') ?? 0) !== before) throw new Unanswered('timeout');
    if (status === 204) return true;
    before = Number(headerOf(header, 'Nats-Sequence'));
    const at = Date.parse(headerOf(header, 'Nats-Time-Stamp') ?? '');
    found.push({ revision: before, value: msg.string(), at });
    return false;
  };
  const query = JSON.stringify({ seq: 1, next_by_subj: place.subjectOf(key), batch: HISTORY + 1 });
  const subject = `$JS.API.DIRECT.GET.${place.stream}`;
  await wire.requestMany(subject, Buffer.from(query), place.timeoutMs, take);
  return found;
}
