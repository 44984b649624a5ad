import { canonicalJson, hash } from '@refrain/contract-kit';
import { messageOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { type Entity, nameOf, streamOf, subjectOf } from './entity.ts';

/** One event as it stands in the log. STORED FORMAT. */
export interface RecordedEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** Why it was decided: `event:…`, `outcome:…`, `deadline:…`, `request:…` or `start:…`. */
  readonly cause: string;
  readonly reaction: string;
  /** The flow it belongs to. */
  readonly correlation: string;
  /** The operation that this intent starts. */
  readonly operation?: string | undefined;
  /** W3C traceparent of the decision. */
  readonly trace?: string | undefined;
  readonly data: unknown;
}

/** How far a reader has read: a sequence, and the commit it saw there, so that a rewritten log is noticed. */
export interface Position {
  readonly seq: number;
  readonly commitId: string;
}

/** The bound on a commit's body, in bytes. Over it nothing is recorded (RF_COMMIT_TOO_LARGE). */
export const COMMIT_BYTES_MAX = 256 * 1024;

/** A commit ready to be appended: the same decision on the same state always has the same id. */
export interface NewCommit {
  readonly entity: Entity;
  readonly subject: string;
  /** The sequence of the entity's last commit; 0 for a new entity. */
  readonly expected: number;
  readonly id: string;
  readonly events: readonly RecordedEvent[];
  readonly cursor?: Position | undefined;
  readonly body: string;
}

/** A stored commit. Its body is decoded only when it is asked for: most readers need only the header. */
export interface Commit {
  readonly entity: Entity;
  readonly seq: number;
  readonly id: string;
  /** The sequence of its entity's commit before, 0: it is the first. Missing where nothing says it. */
  readonly expected?: number | undefined;
  /** The broker's time of storing, where it was stored first; milliseconds since 1970. */
  readonly at: number;
  /** `Type.version` of each event, from the header. */
  readonly types: readonly string[];
  readonly bytes: number;
  /** @throws RF_COMMIT_INVALID when the body is not a commit. */
  body(): CommitBody;
}

/** What a body holds once it is decoded. `cursor`: how far a hot entity had read. */
export interface CommitBody {
  readonly events: readonly RecordedEvent[];
  readonly cursor?: Position | undefined;
}

/**
 * Builds a commit. Its id is a hash of subject, expected sequence, the id, type, version and data of each
 * event, and the cursor: no time and no trace, so that equal ids mean the same decision on the same state.
 *
 * @throws RF_COMMIT_TOO_LARGE over COMMIT_BYTES_MAX, RF_ENTITY_ID for an id that is no subject token.
 */
export function newCommit(c: {
  entity: Entity;
  expected: number;
  events: readonly RecordedEvent[];
  cursor?: Position | undefined;
}): NewCommit {
  const subject = subjectOf(c.entity);
  const parts = [subject, String(c.expected)];
  const texts: string[] = [];
  for (const { data, ...head } of c.events) {
    const text = canonicalJson(data); // written once, for the body and for the id
    parts.push(head.id, head.type, String(head.version), text);
    texts.push(`${JSON.stringify(head).slice(0, -1)},"data":${text}}`);
  }
  if (c.cursor) parts.push(String(c.cursor.seq), c.cursor.commitId);
  const read = c.cursor ? `,"cursor":${JSON.stringify(c.cursor)}` : '';
  const body = `{"v":1,"events":[${texts.join(',')}]${read}}`;
  const bytes = Buffer.byteLength(body);
  if (bytes > COMMIT_BYTES_MAX)
    throw new RefrainError('RF_COMMIT_TOO_LARGE', {
      entity: nameOf(c.entity),
      bytes,
      bytesMax: COMMIT_BYTES_MAX,
    });
  const { entity, expected, events, cursor } = c;
  return { entity, subject, expected, id: hash(...parts), events, cursor, body };
}

/** The header `Refrain-Types`: what a reader needs to know before it decodes anything. */
export const typesHeader = (events: readonly RecordedEvent[]): string =>
  events.map((e) => `${e.type}.${e.version}`).join(',');

/** The header `Refrain-Correlation`: one per event, one if all are equal. */
export function correlationHeader(events: readonly RecordedEvent[]): string {
  const first = events[0]?.correlation ?? '';
  return events.every((e) => e.correlation === first) ? first : events.map((e) => e.correlation).join(',');
}

/** What a commit is published with, by name, in this order. STORED FORMAT, but for the expected sequence. */
export const headersOf = (commit: NewCommit): Readonly<Record<string, string | undefined>> => ({
  'Nats-Msg-Id': commit.id,
  'Nats-Expected-Last-Subject-Sequence': String(commit.expected),
  'Refrain-Types': typesHeader(commit.events),
  'Refrain-Correlation': correlationHeader(commit.events),
  traceparent: commit.events[0]?.trace,
});

/** `ChargeCaptured.2` as type and version. */
export function parseType(text: string): { type: string; version: number } {
  const dot = text.lastIndexOf('.');
  return { type: text.slice(0, dot), version: Number(text.slice(dot + 1)) };
}

const Body = z.object({
  v: z.literal(1),
  events: z
    .array(
      z.object({
        id: z.string(),
        type: z.string(),
        version: z.int().positive(),
        cause: z.string(),
        reaction: z.string(),
        correlation: z.string(),
        operation: z.string().optional(),
        trace: z.string().optional(),
        enc: z.unknown().optional(),
        data: z.unknown(),
      }),
    )
    .min(1),
  cursor: z.object({ seq: z.int().nonnegative(), commitId: z.string() }).optional(),
});

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === 'string';

/** What a body mostly is, found out faster; where it is not, the schema says what is wrong. */
function isBody(json: unknown): json is CommitBody {
  const { v, events, cursor } = (json ?? {}) as Record<string, unknown>;
  if (v !== 1 || cursor !== undefined || !Array.isArray(events) || events.length === 0) return false;
  return events.every((event: Readonly<Record<string, unknown>> | null) => {
    if (typeof event !== 'object' || event === null) return false;
    const { id, type, version, cause, reaction, correlation, operation, trace } = event;
    const hasTexts = isText(id) && isText(type) && isText(cause) && isText(reaction) && isText(correlation);
    const isVersion = typeof version === 'number' && Number.isInteger(version) && version > 0;
    return hasTexts && isVersion && isTextOrNone(operation) && isTextOrNone(trace);
  });
}

/**
 * Reads a stored body.
 * @throws RF_COMMIT_INVALID saying where it lies and what is wrong with it, RF_EVENT_NEWER for a body of
 * a later format.
 */
export function decodeBody(text: string, at: { service: string; seq: number }): CommitBody {
  const invalid = (problem: string): RefrainError =>
    new RefrainError('RF_COMMIT_INVALID', { stream: streamOf(at.service), seq: at.seq, problem });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(messageOf(error));
  }
  const { v } = (json ?? {}) as { v?: unknown };
  if (typeof v === 'number' && Number.isInteger(v) && v > 1)
    throw new RefrainError('RF_EVENT_NEWER', { type: 'the body of a commit', version: v, known: 1 });
  if (isBody(json)) return json;
  const parsed = Body.safeParse(json);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  return { events: parsed.data.events, cursor: parsed.data.cursor };
}
