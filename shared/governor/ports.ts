import type { Report } from './report.ts';
import type { Word, WordKind } from './word.ts';

export interface Listening {
  stop(): Promise<void>;
}

/** What an instance and the governor tell each other. Either way a message may be lost, and late. */
export interface Governing {
  /** Tells the governor. Never waits, never throws. */
  report(report: Report): void;
  /** Hears the words on these dependencies: the last of each soon after it began, then each as it comes. */
  listen(dependencies: readonly string[], heard: (word: Word) => void): Promise<Listening>;
}

export interface Kept {
  readonly revision: number;
  readonly value: string;
  /** When it was stored, by the broker's clock, milliseconds since 1970. */
  readonly at: number;
}

/**
 * What governors share: the lease, the words, pins and the policy, by key. A write names the revision it
 * builds on, so that of two governors one writes.
 */
export interface GovernorStore {
  /** From the leader. */
  read(key: string): Promise<Kept | undefined>;
  /** The new revision; `undefined` when another one stands there. `expected` 0: the key is new. */
  write(key: string, value: string, expected: number): Promise<number | undefined>;
  /** The latest values of a key, newest first; at most `limit`. */
  history(key: string, limit: number): Promise<Kept[]>;
}

/** Where a governor hears the reports. What is no report is not handed on. */
export interface Reports {
  subscribe(heard: (report: Report) => void): Promise<Listening>;
}

/** A call is a retry if an attempt of its operation is on record, or its delivery is a redelivery. */
export type CallKind = 'first' | 'retry';

/** Why a call has to wait. */
export type HoldReason = 'budget' | 'throttled' | 'suppressed' | 'probing' | 'no word';

export type Leave =
  | { readonly go: true }
  | {
      readonly go: false;
      readonly reason: HoldReason;
      /** When it is worth asking again, in milliseconds from now: a guess, at least 1. */
      readonly againMs: number;
    };

/**
 * Who asks for leave, as far as it matters for when to ask again.
 * - `next`: the head of a line; it alone asks, for the next call.
 * - `many`: one of many that ask each for itself; each is told another call's time.
 */
export type Asker = 'next' | 'many';

/** What an instance knows of one dependency's word, and what it may still do under it. */
export interface Gate {
  hear(word: Word, now: number): void;
  /** Leave for one call, and takes it; or why not. `now`: this machine's clock. `asker`: `many` if absent. */
  take(kind: CallKind, now: number, asker?: Asker): Leave;
  /** Gives back a leave that was not used. */
  giveBack(kind: CallKind, now: number): void;
  /** For the report: the last word heard. */
  heard(): { readonly epoch: number; readonly tick: number } | undefined;
  /** For what is put on record. `silent`: no word arrived for 3 s. */
  state(now: number): {
    readonly word: WordKind | 'silent';
    readonly epoch: number;
    readonly reason: string;
    /** Operations that wait for leave, over all instances, as of the last word. */
    readonly waiting: number;
    /** Calls a second of all instances; absent: no limit, or nothing is known. */
    readonly rate?: number;
    /** Where it mends (suppressed, probing, a ramp): answers a second to hope for. Absent: held to `rate`. */
    readonly hoped?: number;
    /** `suppressed`: how long still, in milliseconds. */
    readonly holdMs?: number;
  };
}
