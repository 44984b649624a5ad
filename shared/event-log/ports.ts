import type { Commit, NewCommit, Position } from './commit.ts';
import type { Entity } from './entity.ts';

/**
 * `appended`: it is stored, by this call or an earlier one. `conflict`: another commit stands there; nothing
 * was stored.
 */
export type AppendResult =
  | { readonly outcome: 'appended'; readonly seq: number; readonly at: number; readonly duplicate: boolean }
  | { readonly outcome: 'conflict' };

/**
 * One delivery of a commit to a durable reader. Exactly one of `ack` and `nak` ends it; the first one counts.
 */
export interface Delivery {
  readonly commit: Commit;
  readonly redelivered: boolean;
  /**
   * It was stored before its durable was made: one of the same name may have delivered it before, and nobody
   * counts that.
   */
  readonly predates: boolean;
  ack(): void;
  /** Deliver it again after `delayMs`. There is no bare nak: it would come back at once. */
  nak(delayMs: number): void;
  /** Still at it: the broker waits another ack wait before it delivers again. */
  working(): void;
}

/** A durable reader of a service's stream, as the topology declares it. */
export interface DurableRef {
  /** Whose stream is read. */
  readonly service: string;
  readonly durable: string;
}

export interface SubscribeOptions {
  /** How many deliveries are handled at once; further ones wait at the broker. */
  readonly maxInFlight: number;
}

export interface Subscription {
  /** Takes no further deliveries. Those in flight may still be settled. */
  stop(): Promise<void>;
}

/** What a service's stream takes, and how its copies stand. */
export interface LogStorage {
  readonly commits: number;
  readonly bytes: number;
  /** Copies that have all that the leader has, the leader with them, and those that have not or are gone. */
  readonly current: number;
  readonly behind: number;
  /** By how many commits the slowest copy is behind. */
  readonly lag: number;
}

/**
 * The log of events. What each method guarantees is what `eventLogSuite` proves of every adapter.
 */
export interface EventLog {
  /**
   * Appends under the expected sequence. Repeats by itself what is safe to repeat (a lost acknowledgement, no
   * leader, an id in process) for 30 s or more, always with the same bytes.
   *
   * @throws RF_APPEND_UNKNOWN when the broker did not answer in that time: it may be stored. The caller
   * drops its state.
   */
  append(commit: NewCommit): Promise<AppendResult>;
  /**
   * The commits of an entity behind `after` (0: from its first), oldest first; at most `limit` of them where
   * one is given. A replica may lag.
   */
  load(entity: Entity, after: number, limit?: number): Promise<Commit[]>;
  /** The last commit of an entity, read from the leader. */
  last(entity: Entity): Promise<Position | undefined>;
  /**
   * Up to `limit` commits of a service from the sequence `from` on (inclusive, at least 1), in log order and
   * without a gap: a lost reply ends the page. A page may be short although more is stored.
   */
  read(service: string, from: number, limit: number): Promise<Commit[]>;
  /** The sequence of the last commit of a service's stream; 0 when it is empty. From the leader. */
  lastSequence(service: string): Promise<number>;
  /** How many commits a durable has yet to deliver for the first time; not those that are out already. */
  lag(ref: DurableRef): Promise<number>;
  /**
   * This clock less the broker's, in milliseconds, as an answer about a service's stream shows it: half the
   * round trip is taken off, so it is wrong by at most the other half. Above 0 this clock is ahead.
   */
  clockOffset(service: string): Promise<number>;
  /** What a service's stream takes and how its copies stand, as its leader knows. */
  storage(service: string): Promise<LogStorage>;
  /**
   * Receives a durable's deliveries, also over restarts of the broker. `handle` settles each; if it throws,
   * it is delivered again.
   */
  subscribe(
    ref: DurableRef,
    options: SubscribeOptions,
    handle: (delivery: Delivery) => Promise<void>,
  ): Promise<Subscription>;
}

/** What an alarm is about. It says nothing of its own: a firing asks the entity. */
export interface Alarm {
  readonly service: string;
  readonly operation: string;
  readonly entityType: string;
  readonly entityId: string;
}

export interface Firing {
  readonly alarm: Alarm;
  /** When it was to fire, in milliseconds since 1970; `undefined` where it was set without saying so. */
  readonly dueAt: number | undefined;
  readonly redelivered: boolean;
  ack(): void;
  nak(delayMs: number): void;
  working(): void;
}

/** Alarm clocks, one per operation. Not truth: what is lost is made again by the sweep, from the log. */
export interface Schedules {
  /**
   * Sets the operation's alarm to `at` (ms since 1970), or moves it there. A time in the past fires at once.
   */
  set(alarm: Alarm, at: number): Promise<void>;
  cancel(alarm: Pick<Alarm, 'service' | 'operation'>): Promise<void>;
  /**
   * When the operation's alarm goes off, or did if its firing is not settled yet, in milliseconds since 1970;
   * `undefined` when none is set.
   */
  pendingAt(alarm: Pick<Alarm, 'service' | 'operation'>): Promise<number | undefined>;
  /** Receives what fires. An unsettled firing is delivered again. */
  subscribe(
    service: string,
    options: SubscribeOptions,
    handle: (firing: Firing) => Promise<void>,
  ): Promise<Subscription>;
}

/** How a durable stands, as the broker tells. */
export interface DurableState {
  /** The stream's sequence up to which all is acknowledged. */
  readonly floor: number;
  /** Commits that it has yet to deliver for the first time. */
  readonly pending: number;
  /** Deliveries that are out, or given back and not due again yet. */
  readonly out: number;
  /** Whether somebody waits for its deliveries. */
  readonly asked: boolean;
}

/** Where durable readers stand. */
export interface Durables {
  stateOf(ref: DurableRef): Promise<DurableState>;
  /**
   * Delivers again all behind `floor`; what is out and every acknowledgement on its way is void. For the
   * admin. Never above the present floor: what is not acknowledged would be forgotten.
   */
  rewind(ref: DurableRef, floor: number): Promise<void>;
}

/** One value as a bucket keeps it. */
export interface Kept {
  readonly revision: number;
  readonly value: string;
  /** When it was stored, by the broker's clock, milliseconds since 1970. */
  readonly at: number;
}

/**
 * Small values by key, kept at the broker beside the streams. A write names the revision it builds on, so
 * that of two writers one writes. Everything throws RF_UNREACHABLE when the broker is silent.
 */
export interface Bucket {
  /** From the leader. */
  read(key: string): Promise<Kept | undefined>;
  /** The new revision; `undefined` when another one stands there. `expected` 0: the key is new. */
  write(key: string, value: string, expected: number): Promise<number | undefined>;
  /** The latest values of a key, newest first; at most `limit`. */
  history(key: string, limit: number): Promise<Kept[]>;
}

/** What a recovery after a power cut leans on. */
export interface Recovering {
  /** Floors, the recovery and what became of it. */
  readonly bucket: Bucket;
  readonly durables: Durables;
}

/** Time, by argument. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Resolves after `ms`; at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
