import { type DestinationStream, pino } from 'pino';
import { LineQueue } from './line-queue.ts';
import { blockFor, standardOutput } from './standard-output.ts';

/** What a log line says besides its message. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a process tells what it does. */
export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  /** What is as it should be, many times a second: it may be thinned, by its `correlation`, or dropped. */
  routine(level: 'debug' | 'info', fields: Fields, message: string): void;
}

/** What became of the lines so far. `thinned`: left out on purpose; `dropped`: nobody read in time. */
export interface LineCounts {
  readonly written: number;
  readonly thinned: number;
  readonly dropped: number;
}

/** Whose log it is, how much it tells, and what it must not tell. */
export interface LoggerOptions {
  readonly name: string;
  /** trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  /** The dotted paths that the contracts of the process mark as personal, `customer.email`. */
  readonly personal: readonly string[];
  /** The share of flows whose routine lines are written, 0 to 1. All other lines always are. Default 1. */
  readonly sample?: number;
}

/** Secrets, and whom a mail is for: never logged, whatever a contract says. */
const NEVER = ['password', 'secret', 'apiKey', 'authorization', 'email', 'to'];

/** Nothing that is logged on purpose is nested deeper. */
const DEPTH_MAX = 8;

/**
 * Takes out of a log line what no log may hold, at any depth: each field with a name of `NEVER` or of a
 * marked field, and a bare value under a name that leads to one (`customer: 'ada@…'`; `customer: { id }`
 * stays).
 */
export function withoutPersonal(personal: readonly string[]): (fields: object) => Record<string, unknown> {
  const never = new Set([...NEVER, ...personal, ...personal.map((path) => path.split('.').at(-1))]);
  const leading = new Set(personal.flatMap((path) => path.split('.').slice(0, -1)));
  const kept = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > DEPTH_MAX) return undefined;
    if (Array.isArray(value)) return value.map((each) => kept(each, depth + 1));
    const fields: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(value)) {
      const isBare = typeof field !== 'object' || field === null;
      if (never.has(name) || (isBare && leading.has(name))) continue;
      fields[name] = isBare ? field : kept(field, depth + 1);
    }
    return fields;
  };
  return (fields) => kept(fields, 0) as Record<string, unknown>;
}

/** Says of a flow, by its name alone, whether it is among that share: in every process the same. */
export function isAmong(share: number, flow: string): boolean {
  if (share >= 1) return true;
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < flow.length; i++) hash = Math.imul(hash ^ flow.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32 < share;
}

/** A logger over a queue of lines. Lines of no flow are not thinned. */
export function loggerOver(
  queue: LineQueue,
  { name, level, personal, sample = 1 }: LoggerOptions,
): { logger: Logger; counts: () => LineCounts; silence: () => void } {
  let isRoutine = false;
  let [given, thinned] = [0, 0];
  const destination: DestinationStream = {
    write: (line) => {
      given++;
      queue.add(line, isRoutine);
    },
  };
  const lines = pino(
    { name, level, base: { name }, formatters: { log: withoutPersonal(personal) } },
    destination,
  );
  const logger: Logger = {
    debug: (fields, message) => lines.debug(fields, message),
    info: (fields, message) => lines.info(fields, message),
    warn: (fields, message) => lines.warn(fields, message),
    error: (fields, message) => lines.error(fields, message),
    routine: (of, fields, message) => {
      const { correlation } = fields;
      if (!lines.isLevelEnabled(of)) return;
      if (typeof correlation === 'string' && !isAmong(sample, correlation)) {
        thinned++;
        return;
      }
      isRoutine = true;
      lines[of](fields, message);
      isRoutine = false;
    },
  };
  const counts = (): LineCounts => ({ written: given - queue.dropped, thinned, dropped: queue.dropped });
  return { logger, counts, silence: () => (lines.level = 'silent') };
}

/** How often what waits is tried again, in milliseconds. */
const PUSH_MS = 100;

/** How long an end waits for a reader that stands still, in milliseconds. */
const FLUSH_MS = 500;

/** How long the process stands still, where it has to wait for its reader, before the next try. */
const BLOCK_MS = 10;

/**
 * Logs as JSON lines on stdout, one object a line, buffered for up to 4 kB or 100 ms so that a line costs no
 * system call. A reader that is slow holds nothing up: see `LineQueue`. `mute` is for when nobody reads any
 * more.
 */
export function createLogger(options: LoggerOptions): {
  logger: Logger;
  counts: () => LineCounts;
  flush: () => void;
  mute: () => void;
} {
  const take = standardOutput(() => mute());
  const queue = new LineQueue({ take, waitBlocking: () => blockFor(BLOCK_MS) });
  const { logger, counts, silence } = loggerOver(queue, options);
  const mute = (): void => {
    silence();
    queue.clear();
  };
  setInterval(() => queue.push(), PUSH_MS).unref();
  const flush = (): void => {
    const until = performance.now() + FLUSH_MS;
    while (!queue.push() && performance.now() < until) blockFor(BLOCK_MS);
  };
  return { logger, counts, flush, mute };
}
