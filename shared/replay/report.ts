import type { ToldEvent } from './judge.ts';
import type { NotDecided } from './plan.ts';

/** A decision that comes out otherwise today. */
export interface Difference {
  /** `charge/ord-7`. */
  readonly entity: string;
  /** Where the decision stands in the service's log, and when it was stored: milliseconds since 1970. */
  readonly seq: number;
  readonly at: number;
  readonly cause: string;
  readonly reaction: string;
  readonly correlation: string;
  /** The event that it was decided because of. */
  readonly because?: { readonly service: string; readonly type: string; readonly seq: number } | undefined;
  /** In the present versions; empty for "nothing to add". */
  readonly recorded: readonly ToldEvent[];
  readonly decided: readonly ToldEvent[];
  /** Why today's code decides nothing at all. */
  readonly problem?: string | undefined;
  /** The command was put together from what was recorded: see `Plan`. */
  readonly derived?: true | undefined;
}

/** What a replay came to. */
export interface ReplayReport {
  readonly service: string;
  /** Commits of the service's own log, and events in them. */
  readonly commits: number;
  readonly events: number;
  /** Commits of other services' logs that were read for their events. */
  readonly heard: number;
  /** Decisions that today's code makes as they are on record. */
  readonly same: number;
  readonly different: number;
  /** Dead letters that today's code can decide. */
  readonly mended: number;
  readonly notDecided: Readonly<Record<NotDecided, number>>;
  /** The first ones, in the order of the log. */
  readonly differences: readonly Difference[];
}
