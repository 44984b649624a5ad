import { RefrainError } from '@refrain/errors';
import {
  type DurableRef,
  type Entity,
  type LogStorage,
  type Position,
  streamOf,
  subjectOf,
} from '@refrain/event-log';
import type { Msg } from 'nats';
import { headerOf, headerTextOf, statusOf } from './headers.ts';
import { pauseMs, sleep } from './pauses.ts';
import { code, isBusy, type Refusal, refusal, refusalOfReply } from './refusal.ts';
import { commitOfReply, type StoredCommit } from './stored-commit.ts';
import { Unanswered, type Wire } from './wire.ts';

/** Most messages of one batch get. */
const BATCH = 1000;

/**
 * Commits in order and without a gap; `whole` unless a lost reply ended it. `pending`: what the replica still
 * has.
 */
interface Page {
  readonly commits: StoredCommit[];
  readonly pending: number;
  readonly whole: boolean;
}

/**
 * One batch get over one subject, or over the whole stream (never over a wildcard: the broker would count its
 * subjects for every page, 25 ms at 60,000 of them). Each reply names the one before it (0: it is the first)
 * and the last line names the last one sent, so a reply that got lost shows: what came behind it is dropped.
 */
async function batchGet(
  wire: Wire,
  q: { service: string; from: number; subject: string | undefined; limit: number; timeoutMs: number },
): Promise<Page> {
  const stream = streamOf(q.service);
  const commits: StoredCommit[] = [];
  let pending = 0;
  let whole = true;
  const take = (msg: Msg): boolean => {
    const header = headerTextOf(msg);
    const status = statusOf(header);
    if (status === 404) return true;
    if (status !== 0 && status !== 204) throw refusalOfReply(`a read of ${stream}`, header);
    const before = Number(headerOf(header, 'Nats-Last-Sequence') ?? 0);
    if (before !== (commits.at(-1)?.seq ?? 0)) whole = false;
    if (whole) pending = Number(headerOf(header, 'Nats-Num-Pending') ?? 0);
    if (status === 204) return true;
    if (whole) commits.push(commitOfReply(q.service, msg, header));
    return false;
  };
  const query = Buffer.from(JSON.stringify({ seq: q.from, batch: q.limit, next_by_subj: q.subject }));
  await wire.requestMany(`$JS.API.DIRECT.GET.${stream}`, query, q.timeoutMs, take);
  return { commits, pending, whole };
}

/**
 * See `EventLog.load`. Pages until the replica has no more; a page that lost a reply is asked for again from
 * there.
 */
export async function load(
  wire: Wire,
  q: { entity: Entity; after: number; limit: number | undefined; timeoutMs: number },
): Promise<StoredCommit[]> {
  const { entity, after, timeoutMs, limit: most = Number.POSITIVE_INFINITY } = q;
  const all: StoredCommit[] = [];
  const subject = subjectOf(entity);
  while (all.length < most) {
    const from = (all.at(-1)?.seq ?? after) + 1;
    const limit = Math.min(BATCH, most - all.length);
    const page = await batchGet(wire, { service: entity.service, from, subject, limit, timeoutMs });
    all.push(...page.commits);
    if (page.whole && (page.pending === 0 || page.commits.length === 0)) return all;
    if (page.commits.length === 0) throw new Unanswered('timeout');
  }
  return all;
}

/** See `EventLog.read`. */
export async function read(
  wire: Wire,
  q: { service: string; from: number; limit: number; timeoutMs: number },
): Promise<StoredCommit[]> {
  if (q.limit < 1) return [];
  const page = await batchGet(wire, {
    ...q,
    from: Math.max(1, q.from),
    subject: undefined,
    limit: Math.min(q.limit, BATCH),
  });
  return page.commits;
}

interface Replica {
  readonly current: boolean;
  readonly offline?: boolean;
  readonly lag?: number;
}

interface ApiAnswer {
  readonly error?: Refusal;
  /** The broker's own time, RFC 3339. */
  readonly ts?: string;
  readonly num_pending?: number;
  readonly created?: string;
  readonly message?: {
    readonly seq: number;
    readonly time: string;
    readonly hdrs?: string;
    readonly data?: string;
  };
  readonly num_ack_pending?: number;
  readonly num_waiting?: number;
  readonly ack_floor?: { readonly stream_seq: number };
  readonly state?: { readonly last_seq: number; readonly messages: number; readonly bytes: number };
  readonly cluster?: { readonly replicas?: readonly Replica[] | undefined };
}

/** One request of the broker's API. @throws Unanswered, RF_BROKER_REFUSED. */
export async function api(
  wire: Wire,
  subject: string,
  body: object | undefined,
  timeoutMs: number,
): Promise<ApiAnswer> {
  const data = Buffer.from(body ? JSON.stringify(body) : '');
  const answer = JSON.parse(
    (await wire.request(`$JS.API.${subject}`, data, timeoutMs)).string(),
  ) as ApiAnswer;
  // A broker that is busy is as good as silent: the caller asks again.
  if (answer.error && isBusy(answer.error)) throw new Unanswered('no responders');
  if (answer.error && answer.error.err_code !== code.noMessage) throw refusal(subject, answer.error);
  return answer;
}

interface LastMessage {
  readonly seq: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
  /** The message id it was written under. */
  readonly id: string | undefined;
  readonly text: string;
}

/** The last message of a subject, from the leader. @throws Unanswered, RF_BROKER_REFUSED. */
export async function lastMessageOf(
  wire: Wire,
  { stream, subject, timeoutMs }: { stream: string; subject: string; timeoutMs: number },
): Promise<LastMessage | undefined> {
  const query = { last_by_subj: subject };
  const { message } = await api(wire, `STREAM.MSG.GET.${stream}`, query, timeoutMs);
  if (!message) return undefined;
  const { seq, time, hdrs, data } = message;
  return { seq, at: Date.parse(time), id: headerOf(decoded(hdrs), 'Nats-Msg-Id'), text: decoded(data) };
}

const decoded = (base64 = ''): string => Buffer.from(base64, 'base64').toString();

/** The last commit of an entity, from the leader. @throws Unanswered, RF_BROKER_REFUSED. */
export async function lastOf(wire: Wire, entity: Entity, timeoutMs: number): Promise<Position | undefined> {
  const where = { stream: streamOf(entity.service), subject: subjectOf(entity) };
  const last = await lastMessageOf(wire, { ...where, timeoutMs });
  return last && { seq: last.seq, commitId: last.id ?? '' };
}

/** The last sequence of a service's stream, from the leader. @throws Unanswered, RF_BROKER_REFUSED. */
export async function lastSequenceOf(wire: Wire, service: string, timeoutMs: number): Promise<number> {
  return (await api(wire, `STREAM.INFO.${streamOf(service)}`, undefined, timeoutMs)).state?.last_seq ?? 0;
}

/** What a durable has yet to deliver. @throws Unanswered, RF_BROKER_REFUSED. */
export async function lagOf(
  wire: Wire,
  { service, durable }: DurableRef,
  timeoutMs: number,
): Promise<number> {
  const info = await api(wire, `CONSUMER.INFO.${streamOf(service)}.${durable}`, undefined, timeoutMs);
  return info.num_pending ?? 0;
}

/** When a durable was made, milliseconds since 1970. @throws Unanswered, RF_BROKER_REFUSED. */
export async function madeAtOf(
  wire: Wire,
  { service, durable }: DurableRef,
  timeoutMs: number,
): Promise<number> {
  const info = await api(wire, `CONSUMER.INFO.${streamOf(service)}.${durable}`, undefined, timeoutMs);
  return Date.parse(info.created ?? '');
}

/** `now()` less the broker's time. @throws Unanswered, RF_BROKER_REFUSED. */
export async function clockOffsetOf(
  wire: Wire,
  service: string,
  { now, timeoutMs }: { now: () => number; timeoutMs: number },
): Promise<number> {
  const sentAt = now();
  const { ts } = await api(wire, `STREAM.INFO.${streamOf(service)}`, undefined, timeoutMs);
  return (sentAt + now()) / 2 - Date.parse(ts ?? '');
}

/** See `EventLog.storage`. @throws Unanswered, RF_BROKER_REFUSED. */
export async function storageOf(wire: Wire, service: string, timeoutMs: number): Promise<LogStorage> {
  const info = await api(wire, `STREAM.INFO.${streamOf(service)}`, undefined, timeoutMs);
  const { messages: commits = 0, bytes = 0 } = info.state ?? {};
  const replicas = info.cluster?.replicas ?? [];
  const behind = replicas.filter(({ current, offline = false }) => !current || offline).length;
  const lag = Math.max(0, ...replicas.map((replica) => replica.lag ?? 0));
  return { commits, bytes, current: 1 + replicas.length - behind, behind, lag };
}

/**
 * Repeats a read until it is answered.
 * @throws RF_UNREACHABLE after `giveUpMs` milliseconds, and what the broker refuses at once.
 */
export async function untilAnswered<T>(
  what: string,
  giveUpMs: number,
  attempt: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (performance.now() - startedAt >= giveUpMs)
        throw new RefrainError('RF_UNREACHABLE', { what, where: 'nats-server', problem: error.silence });
    }
    await sleep(pauseMs(tries));
  }
}
