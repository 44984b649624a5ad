import type { Clock } from '@refrain/event-log';
import type { Governing, GovernorStore, Report, Reports, Word } from '@refrain/governor';

/** One adapter, as one process has it. */
export interface GovernorInstance {
  readonly store: GovernorStore;
  readonly governing: Governing;
  readonly reports: Reports;
}

/** What governors and instances share, to be tried. Made anew for each test. */
export interface GovernorBench extends GovernorInstance {
  /** The suite waits with `clock.sleep` alone: a virtual clock moves on by itself when that is awaited. */
  readonly clock: Clock;
  /** A second process with nothing in common but the broker. */
  newInstance(): Promise<GovernorInstance>;
  /** A process whose first write is stored while its acknowledgement is lost on the way. */
  newInstanceLosingAck(): Promise<GovernorInstance>;
  /** Whatever `during` stores, nobody who listens hears of it by itself. */
  unheard(during: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface GovernorSuiteOptions {
  /** Ends the broker and starts it on the same data. Without it, what happens then is not tried. */
  readonly restart?: (bench: GovernorBench, how: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** A word that says little, as the suite stores it. */
export const wordOn = (dependency: string, tick: number, epoch = 1): Word => ({
  v: 1,
  dependency,
  kind: 'open',
  reason: `word ${tick} of ${epoch}`,
  since: 1,
  waiting: 0,
  epoch,
  tick,
  shares: {},
  newcomer: { retries: 0 },
});

/** A report that says nothing but who it is from. */
export const reportOf = (service: string, instance: string, n: number): Report => ({
  v: 1,
  service,
  instance,
  life: 'l',
  n,
  heard: {},
  dependencies: {},
  load: { consumerLag: 0, handlingMs: 0, scheduleLateMs: 0, clockOffsetMs: 0, oldestOverdueMs: 0 },
});
