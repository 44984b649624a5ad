import { pino } from 'pino';

export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** Fields that never reach a log, whatever their value: secrets, and what contracts mark as personal. */
const NEVER = ['password', 'secret', 'apiKey', 'authorization', 'email', 'to', 'customer', 'customer.email'];

/**
 * Logs as JSON lines on stdout, one object a line, buffered for up to 4 kB or 100 ms so that a line costs no
 * system call. `level` is trace, debug, info, warn, error, fatal or silent.
 */
export function createLogger(options: { name: string; level: string }): {
  logger: Logger;
  flush: () => void;
  /** For when nobody reads any more: a write to a pipe that is full would wait for ever. */
  mute: () => void;
} {
  const destination = pino.destination({ dest: 1, minLength: 4096, sync: true, periodicFlush: 100 });
  const logger = pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name },
      redact: { paths: NEVER, remove: true },
    },
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
