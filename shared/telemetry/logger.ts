import { pino } from 'pino';

/** What a log line says besides its message. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a process tells what it does. */
export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** Whose log it is, how much it tells, and what it must not tell. */
export interface LoggerOptions {
  readonly name: string;
  /** trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  /** The dotted paths that the contracts of the process mark as personal, `customer.email`. */
  readonly personal: readonly string[];
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

/**
 * Logs as JSON lines on stdout, one object a line, buffered for up to 4 kB or 100 ms so that a line costs no
 * system call. `mute` is for when nobody reads any more: a write to a pipe that is full would wait for ever.
 */
export function createLogger({ name, level, personal }: LoggerOptions): {
  logger: Logger;
  flush: () => void;
  mute: () => void;
} {
  const destination = pino.destination({ dest: 1, minLength: 4096, sync: true, periodicFlush: 100 });
  const logger = pino(
    { name, level, base: { name }, formatters: { log: withoutPersonal(personal) } },
    destination,
  );
  const state = { muted: false };
  return {
    logger,
    flush: () => {
      if (!state.muted) destination.flushSync();
    },
    mute: () => {
      state.muted = true;
      logger.level = 'silent';
    },
  };
}
