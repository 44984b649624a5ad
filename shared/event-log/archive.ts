import { RefrainError } from '@refrain/errors';
import { type CloudEvent, fromCloudEvent, toCloudEvent } from './cloud-events.ts';
import {
  type Commit,
  type CommitBody,
  decodeBody,
  headersOf,
  newCommit,
  type RecordedEvent,
} from './commit.ts';
import { type Entity, entityOfSubject, subjectOf } from './entity.ts';

/**
 * An archive is a log as lines: each a CloudEvent 1.0 in structured mode, each event of a commit one of them.
 * What is here turns a stored message into its lines and back, to the byte.
 */

/** A message of an event stream, with all that is needed to write it again where it lay. */
export interface StoredMessage {
  readonly service: string;
  readonly subject: string;
  /** Its position in the stream, from 1 on. */
  readonly seq: number;
  /** When it was stored first, by the broker's clock, milliseconds since 1970. */
  readonly at: number;
  /** `Name: value` lines as they are stored, each ended by CR LF. */
  readonly header: string;
  readonly body: Uint8Array;
}

/** A message that holds no events that can be read: it is carried as it is. */
const OPAQUE = 'refrain.Unreadable';

/** What a line says of the message that its event came in. CloudEvents wants lower-case names. */
export interface Placed {
  /** Its position in the log of its service. Text: an integer of CloudEvents ends at 2^31. */
  readonly position: string;
  readonly commitid: string;
  /** `1/2`: the first of two events of one commit. */
  readonly part: string;
  /** The position of the entity's commit before; `0`: it was the first. */
  readonly expected?: string | undefined;
  /** How far a hot entity had read: `<position>:<commit id>`. */
  readonly cursor?: string | undefined;
  /** The header and the body as they are stored, where they do not follow from the events. Base64. */
  readonly rawheader?: string | undefined;
  readonly rawbody?: string | undefined;
}

/** One line of an archive, read. */
export type ArchivedEvent = Omit<CloudEvent, 'datacontenttype' | 'data'> &
  Placed & { readonly datacontenttype: string; readonly data?: unknown };

interface Readable {
  readonly entity: Entity;
  readonly body: CommitBody;
}

/** The lines of a stored message: one for each event of a commit, one for what cannot be read. */
export function linesOf(message: StoredMessage): string[] {
  const { service, subject, seq, at, header, body } = message;
  const raw = { rawheader: base64(Buffer.from(header)), rawbody: base64(body) };
  const commitid = headerValue(header, 'Nats-Msg-Id') ?? '';
  const found = readable(message);
  if (!found) {
    const opaque = {
      specversion: '1.0',
      id: `${service}:${seq}`,
      source: `/refrain/${service}`,
      type: OPAQUE,
      subject,
      time: new Date(at).toISOString(),
      datacontenttype: 'application/octet-stream',
      position: String(seq),
      commitid,
      part: '1/1',
      ...raw,
    };
    return [JSON.stringify(opaque)];
  }
  const { entity } = found;
  const { events, cursor } = found.body;
  const expected = headerValue(header, 'Nats-Expected-Last-Subject-Sequence');
  const placed = { position: String(seq), commitid, expected };
  const firstOnly = {
    ...(cursor && { cursor: `${cursor.seq}:${cursor.commitId}` }),
    ...(followsFromEvents(message, found, expected) ? {} : raw),
  };
  return events.map((event, i) => {
    const { data, ...about } = toCloudEvent(entity, event, at);
    const part = `${i + 1}/${events.length}`;
    return JSON.stringify({ ...about, ...placed, part, ...(i === 0 && firstOnly), data });
  });
}

function readable({ service, subject, seq, body }: StoredMessage): Readable | undefined {
  const entity = entityOfSubject(subject);
  if (!entity || entity.service !== service || subjectOf(entity) !== subject) return undefined;
  try {
    return { entity, body: decodeBody(Buffer.from(body).toString(), { service, seq }) };
  } catch {
    return undefined;
  }
}

/** Whether the same bytes come out when the commit is made anew of its events. */
function followsFromEvents(
  { header, body }: StoredMessage,
  { entity, body: { events, cursor } }: Readable,
  expected: string | undefined,
): boolean {
  if (expected === undefined) return false;
  const made = newCommit({ entity, expected: Number(expected), events: events.map(asStored), cursor });
  return headerText(headersOf(made)) === header && Buffer.from(body).equals(Buffer.from(made.body));
}

/** A commit's members in the order in which they are written. */
function asStored(event: RecordedEvent): RecordedEvent {
  const { operation, trace, data, ...rest } = event;
  return {
    ...rest,
    ...(trace !== undefined && { trace }),
    ...(operation !== undefined && { operation }),
    data,
  };
}

/**
 * The message that these lines came from.
 * @throws RF_ARCHIVE_LINE where they contradict each other: a commit whose id is not that of what it says.
 */
export function messageOf(events: readonly ArchivedEvent[]): StoredMessage {
  const [first] = events;
  if (!first) throw bad('a message of no lines');
  const { position, commitid, expected, cursor, rawheader, rawbody, subject, time } = first;
  const service = first.source.replace(/^\/refrain\//, '');
  const place = { service, subject, seq: Number(position), at: Date.parse(time) };
  if (rawheader !== undefined && rawbody !== undefined) {
    const header = Buffer.from(rawheader, 'base64').toString();
    if ((headerValue(header, 'Nats-Msg-Id') ?? '') !== commitid) throw bad(`its id is not ${commitid}`);
    return { ...place, header, body: Buffer.from(rawbody, 'base64') };
  }
  if (expected === undefined) throw bad('it does not say what it was appended to');
  const read = events.map((event) => fromCloudEvent(event as CloudEvent));
  const { entity } = fromCloudEvent(first as CloudEvent);
  if (entity.service !== service || subjectOf(entity) !== subject)
    throw bad(`"${subject}" is no subject of ${service}`);
  const [, seq, commitId] = /^(\d+):(.*)$/.exec(cursor ?? '') ?? [];
  const made = newCommit({
    entity,
    expected: Number(expected),
    events: read.map(({ event }) => asStored(event)),
    ...(seq !== undefined && commitId !== undefined && { cursor: { seq: Number(seq), commitId } }),
  });
  if (made.id !== commitid) throw bad(`what it says has the id ${made.id}, it calls itself ${commitid}`);
  return { ...place, header: headerText(headersOf(made)), body: Buffer.from(made.body) };
}

/** A stored message as a commit, for who reads an archive as a log. */
export function commitOf(message: StoredMessage): Commit {
  const { service, subject, seq, at, header, body } = message;
  const expected = headerValue(header, 'Nats-Expected-Last-Subject-Sequence');
  return {
    entity: entityOfSubject(subject) ?? { service, entityType: 'unreadable', entityId: String(seq) },
    seq,
    id: headerValue(header, 'Nats-Msg-Id') ?? '',
    expected: expected === undefined ? undefined : Number(expected),
    at,
    types: (headerValue(header, 'Refrain-Types') ?? '').split(',').filter(Boolean),
    bytes: body.length,
    body: () => decodeBody(Buffer.from(body).toString(), { service, seq }),
  };
}

/** The flows that a message says it belongs to, from its header. */
export const flowsOf = ({ header }: StoredMessage): string[] =>
  (headerValue(header, 'Refrain-Correlation') ?? '').split(',');

const bad = (problem: string): RefrainError => new RefrainError('RF_ARCHIVE_LINE', { problem });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function headerText(lines: Readonly<Record<string, string | undefined>>): string {
  let text = '';
  for (const name in lines) if (lines[name]) text += `${name}: ${lines[name]}\r\n`;
  return text;
}

function headerValue(header: string, name: string): string | undefined {
  const at = `\r\n${header}`.indexOf(`\r\n${name}:`);
  if (at === -1) return undefined;
  return header.slice(at + name.length + 1, header.indexOf('\r\n', at)).trim();
}
