import { randomUUID } from 'node:crypto';
import type { GovernorStore, Kept } from '@refrain/governor';
import type { Msg, NatsConnection } from 'nats';
import { headerBytes, headerOf, headerTextOf, statusOf } from './headers.ts';
import { GOVERNOR_STREAM, governorKeySubject } from './names.ts';
import { untilAnswered } from './read.ts';
import { isBusy, type Refusal, refusal } from './refusal.ts';
import { rawHeaders, Unanswered, type Wire, wireOf } from './wire.ts';

export interface GovernorStoreOptions {
  /** How long one request waits for its answer before it is sent again, in milliseconds. Default 500. */
  readonly timeoutMs?: number;
  /** How long a request is repeated, in milliseconds. Default 1_500: a governor that waits says nothing. */
  readonly giveUpMs?: number;
}

interface Asking {
  readonly wire: Wire;
  readonly key: string;
  readonly timeoutMs: number;
}

const WRONG_LAST_SEQUENCE = 10071;
/** An in-flight proposal of the same subject (10164), or of the same id (10158), is not decided yet. */
const UNDECIDED = new Set([10164, 10158]);
const NO_MESSAGE = 10037;
/** As many as the bucket keeps of one key. */
const HISTORY = 64;

/**
 * What governors share, in the bucket `governor` of the broker. A write carries an id of its own: whose
 * acknowledgement got lost finds by it that what stands there is its own. Everything throws RF_UNREACHABLE
 * after `giveUpMs`; a write may then have been stored, or be stored a moment later.
 */
export function jetStreamGovernorStore(
  nc: NatsConnection,
  { timeoutMs = 500, giveUpMs = 1_500 }: GovernorStoreOptions = {},
): GovernorStore {
  const wire = wireOf(nc);
  const asking = async <T>(key: string, attempt: (asking: Asking) => Promise<T>): Promise<T> =>
    await untilAnswered(`"${key}" of the governor`, giveUpMs, () => attempt({ wire, key, timeoutMs }));
  return {
    read: (key) => asking(key, async (a) => (await lastOf(a))?.kept),
    write: async (key, value, expected) => {
      const id = randomUUID();
      return await asking(key, (a) => write(a, { id, value, expected }));
    },
    history: (key, limit) => asking(key, async (a) => (await all(a)).toReversed().slice(0, limit)),
  };
}

interface ApiAnswer {
  readonly error?: Refusal;
  readonly seq?: number;
  readonly message?: { readonly seq: number; readonly time: string; readonly data?: string; hdrs?: string };
}

async function ask(a: Asking, subject: string, data: string, headers?: Uint8Array): Promise<ApiAnswer> {
  const msg = await a.wire.request(subject, Buffer.from(data), a.timeoutMs, headers && rawHeaders(headers));
  const answer = JSON.parse(msg.string()) as ApiAnswer;
  // A broker that is busy is as good as silent: the same is sent again.
  if (answer.error && (isBusy(answer.error) || UNDECIDED.has(answer.error.err_code)))
    throw new Unanswered('no responders');
  return answer;
}

/** The last value of a key with the id it was written under, from the leader. */
async function lastOf(a: Asking): Promise<{ kept: Kept; id: string | undefined } | undefined> {
  const query = JSON.stringify({ last_by_subj: governorKeySubject(a.key) });
  const { error, message } = await ask(a, `$JS.API.STREAM.MSG.GET.${GOVERNOR_STREAM}`, query);
  if (error && error.err_code !== NO_MESSAGE) throw refusal(`a read of "${a.key}"`, error);
  if (!message) return undefined;
  const value = Buffer.from(message.data ?? '', 'base64').toString();
  const headers = Buffer.from(message.hdrs ?? '', 'base64').toString();
  const kept = { revision: message.seq, value, at: Date.parse(message.time) };
  return { kept, id: headerOf(headers, 'Nats-Msg-Id') };
}

async function write(
  a: Asking,
  { id, value, expected }: { id: string; value: string; expected: number },
): Promise<number | undefined> {
  const headers = headerBytes({
    'Nats-Msg-Id': id,
    'Nats-Expected-Last-Subject-Sequence': String(expected),
  });
  const { error, seq } = await ask(a, governorKeySubject(a.key), value, headers);
  // Also for a duplicate: it is the sequence under which the first try was stored.
  if (!error) return seq;
  if (error.err_code !== WRONG_LAST_SEQUENCE) throw refusal(`a write of "${a.key}"`, error);
  const last = await lastOf(a);
  return last?.id === id ? last.kept.revision : undefined;
}

/**
 * Every kept value of a key, oldest first, from any replica. Each reply names the one before it, so a lost
 * one shows.
 */
async function all({ wire, key, timeoutMs }: Asking): Promise<Kept[]> {
  const found: Kept[] = [];
  let before = 0;
  const take = (msg: Msg): boolean => {
    const header = headerTextOf(msg);
    const status = statusOf(header);
    if (status === 404) return true;
    if (status !== 0 && status !== 204)
      throw refusal(`a read of "${key}"`, { code: status, err_code: status, description: header.slice(13) });
    if (Number(headerOf(header, 'Nats-Last-Sequence') ?? 0) !== before) throw new Unanswered('timeout');
    if (status === 204) return true;
    before = Number(headerOf(header, 'Nats-Sequence'));
    const at = Date.parse(headerOf(header, 'Nats-Time-Stamp') ?? '');
    found.push({ revision: before, value: msg.string(), at });
    return false;
  };
  const query = JSON.stringify({ seq: 1, next_by_subj: governorKeySubject(key), batch: HISTORY + 1 });
  await wire.requestMany(`$JS.API.DIRECT.GET.${GOVERNOR_STREAM}`, Buffer.from(query), timeoutMs, take);
  return found;
}
