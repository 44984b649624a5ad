import type { Tracing } from '@refrain/contract-kit';
import type { Bucket, Clock, EventLog, Recovering, Schedules } from '@refrain/event-log';
import type { Governing } from '@refrain/governor';
import type { Metrics } from './metrics.ts';

/** Chance, by argument: a number in [0, 1). Decides pauses and runner ids, never an id of the domain. */
export type Chance = () => number;

/** What a log line says besides its message: flat, without personal data. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where the runtime tells what it does. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  /** What is as it should be, many times a second: it may be thinned by its `correlation`, or dropped. */
  routine(level: 'debug' | 'info', fields: Fields, message: string): void;
}

/** Everything through which the runtime touches the world. */
export interface Ports {
  readonly log: EventLog;
  readonly schedules: Schedules;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Log;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  /** `undefined`: nobody governs, and every call goes. */
  readonly governing: Governing | undefined;
  /** Missing: nobody notes floors, and no recovery is heard of. */
  readonly recovering?: Recovering | undefined;
  /** The service's own. Missing: nothing is kept, and all is read from the log. */
  readonly snapshots?: Bucket | undefined;
}

/** Tells nobody: for tests and simulations. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  routine: () => {},
};
