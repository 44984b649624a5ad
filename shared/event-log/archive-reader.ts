import { messageOf as textOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { type ArchivedEvent, messageOf, type StoredMessage } from './archive.ts';

/** The format of an archive. Another one is read by another build. */
const ARCHIVE_FORMAT = 1;

/** The bound on a line, in bytes: the largest message of a broker, written twice over, and room. */
export const ARCHIVE_LINE_BYTES_MAX = 4 * 1024 * 1024;

/** What an archive says of itself first. */
export interface ArchiveBegin {
  readonly format: number;
  /** Part of every id in it. */
  readonly platformId: string;
  /** The last position of each service's log that is in it; they begin at 1 and have no gap. */
  readonly positions: Readonly<Record<string, number>>;
  /** Services whose logs were left out: with any of them it is to read only. */
  readonly without: readonly string[];
  /** Set in a history: only what this flow had to do with is in it, so positions have gaps. To read only. */
  readonly flow?: string | undefined;
}

/** What it says of itself last: of all lines before. */
export interface ArchiveEnd {
  readonly events: number;
  readonly sha256: string;
}

/** A small value that the platform keeps beside its logs, and that what is to be done depends on. */
export interface ArchiveKept {
  readonly key: string;
  readonly value: string;
}

export type ArchiveItem =
  | { readonly kind: 'begin'; readonly begin: ArchiveBegin }
  | { readonly kind: 'kept'; readonly kept: ArchiveKept }
  | { readonly kind: 'message'; readonly message: StoredMessage }
  | { readonly kind: 'end'; readonly end: ArchiveEnd };

const types = {
  begin: 'refrain.ArchiveBegun',
  kept: 'refrain.ArchiveKept',
  end: 'refrain.ArchiveEnded',
} as const;

const own = (kind: keyof typeof types, id: string, data: unknown): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/refrain',
    type: types[kind],
    datacontenttype: 'application/json',
    data,
  });

export const beginLine = (begin: Omit<ArchiveBegin, 'format'>): string =>
  own('begin', 'begin', { format: ARCHIVE_FORMAT, ...begin });
export const keptLine = (kept: ArchiveKept): string => own('kept', `kept:${kept.key}`, kept);
export const endLine = (end: ArchiveEnd): string => own('end', 'end', end);

const counted = z.int().nonnegative();
const Begin = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  platformId: z.string().min(1),
  positions: z.record(z.string().min(1), counted),
  without: z.array(z.string()),
  flow: z.string().min(1).optional(),
});
const Kept = z.object({ key: z.string().min(1), value: z.string() });
const End = z.object({ events: counted, sha256: z.string() });
const text = z.string();
const Line = z.object({
  specversion: z.literal('1.0'),
  id: text,
  source: z.string().regex(/^\/refrain(\/[a-z][a-z0-9-]*)?$/),
  type: text,
  subject: text.default(''),
  time: z.iso.datetime().optional(),
  datacontenttype: text,
  dataversion: z.int().positive().optional(),
  cause: text.optional(),
  reaction: text.optional(),
  correlation: text.optional(),
  operation: text.optional(),
  traceparent: text.optional(),
  position: z.string().regex(/^[1-9]\d{0,15}$/),
  commitid: text,
  part: z.string().regex(/^[1-9]\d{0,4}\/[1-9]\d{0,4}$/),
  expected: z
    .string()
    .regex(/^\d{1,16}$/)
    .optional(),
  cursor: z
    .string()
    .regex(/^\d{1,16}:/)
    .optional(),
  rawheader: z.base64().optional(),
  rawbody: z.base64().optional(),
  data: z.unknown().optional(),
});

/**
 * Reads an archive line by line, and refuses what is not as it should be next. The digest of the end is for
 * the caller to compare: it is of the bytes.
 */
export class ArchiveReader {
  readonly #at = new Map<string, number>();
  #begin: ArchiveBegin | undefined;
  #end: ArchiveEnd | undefined;
  #service: string | undefined;
  #parts: ArchivedEvent[] = [];
  #events = 0;

  /** Whether the last line was read: without it the archive was cut off. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /**
   * What a line brings; `undefined` where a commit goes on in the next.
   * @throws RF_ARCHIVE_LINE saying what is wrong with it.
   */
  take(line: string): ArchiveItem | undefined {
    if (this.#end) throw bad('something follows what should be the last line');
    const json = parsed(line);
    const { type, data } = json as { type?: unknown; data?: unknown };
    if (!this.#begin) return { kind: 'begin', begin: this.#takeBegin(type, data) };
    if (type === types.kept && this.#at.size === 0)
      return { kind: 'kept', kept: checked(Kept, data, 'kept') };
    if (type === types.end) return { kind: 'end', end: this.#takeEnd(checked(End, data, 'end'), line) };
    const event = checked(Line, json, 'event') as ArchivedEvent;
    const message = this.#takePart(event);
    return message && { kind: 'message', message };
  }

  #takeBegin(type: unknown, data: unknown): ArchiveBegin {
    if (type !== types.begin) throw bad('it does not begin as an archive does');
    const { format } = (data ?? {}) as { format?: unknown };
    if (format !== ARCHIVE_FORMAT)
      throw bad(`it has the format ${String(format)}, this build reads ${ARCHIVE_FORMAT}`);
    this.#begin = checked(Begin, data, 'begin');
    return this.#begin;
  }

  #takePart(event: ArchivedEvent): StoredMessage | undefined {
    const service = event.source.replace(/^\/refrain\/?/, '');
    const last = this.#begin?.positions[service];
    const at = this.#at.get(service) ?? 0;
    if (last === undefined) throw bad(`an event of "${service}", which its first line does not name`);
    if (event.time === undefined) throw bad('an event without a time');
    if (service !== this.#service && (this.#parts.length > 0 || this.#at.has(service)))
      throw bad(`an event of ${service} where the log of ${this.#service} goes on`);
    const position = Number(event.position);
    const isNext = this.#begin?.flow === undefined ? position === at + 1 : position > at;
    if (!isNext || position > last)
      throw bad(`the position ${position} of ${service}, expected ${at + 1} of ${last}`);
    const [part, parts] = event.part.split('/').map(Number) as [number, number];
    const [first] = this.#parts;
    if (part !== this.#parts.length + 1 || (first && !isSameCommit(first, event)))
      throw bad(`part ${event.part} of a commit, of which ${this.#parts.length} were read`);
    this.#service = service;
    this.#parts.push(event);
    this.#events++;
    if (part < parts) return undefined;
    const message = messageOf(this.#parts);
    this.#parts = [];
    this.#at.set(service, position);
    return message;
  }

  #takeEnd(end: ArchiveEnd, line: string): ArchiveEnd {
    // The digest is of the lines before.
    if (line !== endLine(end)) throw bad('its last line was altered');
    if (this.#parts.length > 0) throw bad('it ends within a commit');
    for (const [service, last] of Object.entries(this.#begin?.positions ?? {})) {
      const at = this.#at.get(service) ?? 0;
      if (at !== last) throw bad(`the log of ${service} ends at ${at}, its first line says ${last}`);
    }
    if (end.events !== this.#events) throw bad(`it holds ${this.#events} events, and says ${end.events}`);
    this.#end = end;
    return end;
  }
}

const isSameCommit = (first: ArchivedEvent, next: ArchivedEvent): boolean =>
  first.commitid === next.commitid &&
  first.subject === next.subject &&
  first.part.split('/')[1] === next.part.split('/')[1];

function parsed(line: string): object {
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json === 'object' && json !== null) return json;
  } catch (error) {
    throw bad(textOf(error));
  }
  throw bad('it is no JSON object');
}

function checked<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw bad(`as ${what}: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`);
}

const bad = (problem: string): RefrainError => new RefrainError('RF_ARCHIVE_LINE', { problem });
