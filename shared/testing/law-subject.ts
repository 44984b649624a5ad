import type { DomainEvent } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';
import type { Story } from './story.ts';

/** What the laws need to know of one decider. */
export interface LawSubject {
  readonly decider: { readonly $decider: AnyDecider };
  /** Everything that may happen to it; the more, the stronger the laws. */
  readonly stories: readonly Story[];
  /** Stored data of its events, by `Type.version`: `readSamples(folder)`. */
  readonly samples: Readonly<Record<string, unknown>>;
  /** What must be equal at the end of a story, whatever the order. Default: the whole state. */
  readonly outcome?: (state: never) => unknown;
  /**
   * What it holds that an undo gives back: money, goods. Needed where the contract undoes one of its events.
   */
  readonly holds?: (state: never) => unknown;
  /** The successes of the outside world, as the commands that bring them. */
  readonly successes?: readonly Success[];
}

/** What the world did, as the command that brings it, and the event that counts as its record. */
export interface Success {
  readonly command: Command;
  readonly isRecordedBy: (event: DomainEvent) => boolean;
}
