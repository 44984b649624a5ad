import type { EffectRule } from '@refrain/contract-kit';
import type { Operation } from './operations.ts';

/**
 * What a recovery does about a log that lost its tail, as functions of data: a power cut takes acknowledged
 * messages, at a different place in each stream, and their sequences are used again.
 */

/** One recovery, as every process knows it. */
export interface Recovery {
  /** The boot of the broker's machine, or what else names it: a new one means that all of before is void. */
  readonly id: string;
  /** `rewinding`: nobody may write or acknowledge. `rewound`: services see to their own part, then go on. */
  readonly phase: 'rewinding' | 'rewound';
  /** What was stored before this moment is still there; of what came later the tail may be missing. */
  readonly since: number;
  /** When it began, by the broker's clock: all that was stored earlier is from before the cut. */
  readonly at: number;
  /** Where the stream of each service ended then: what lies up to there is from before the cut. */
  readonly ends: Readonly<Record<string, number>>;
}

/** Up to where a durable had everything acknowledged, and when that was so at the latest. */
export interface FloorNote {
  readonly floor: number;
  readonly at: number;
}

/** How a durable stands now, and where its stream ends. */
export interface PresentFloor {
  readonly floor: number;
  readonly lastSequence: number;
}

/**
 * The floor that a durable is rewound to: what was acknowledged by then led to appends that are on disk.
 * Without a note from before `since` it is 0, and everything is heard again. Never above the present floor,
 * which would forget what is not acknowledged.
 */
export function rewoundFloor(notes: readonly FloorNote[], since: number, present: PresentFloor): number {
  let floor = 0;
  let at = Number.NEGATIVE_INFINITY;
  for (const note of notes)
    if (note.at <= since && note.at > at) {
      at = note.at;
      floor = note.floor;
    }
  return Math.min(floor, present.floor, present.lastSequence);
}

/** How much of what a broker acknowledged a power cut can take, and the same again for slow disks. */
const SYNCS = 2;

/** From when on the tail may be missing: so long before the last sign of life, or before the boot. */
export const lostSince = (lastSign: number, syncIntervalMs: number): number =>
  lastSign - SYNCS * syncIntervalMs;

/** A recovery of before, and when each service that has a part in it ended that; `undefined`: not yet. */
type Earlier = Pick<Recovery, 'phase' | 'since'> & { readonly endedAt: readonly (number | undefined)[] };

/**
 * How far a recovery goes back. What the one before it did may be lost by the new cut as well, or was never
 * done: unless all of it was on record before `since`, its span is looked at again. `forgotten`: one whose
 * record is gone.
 */
export function reachOf(
  since: number,
  earlier: Earlier | undefined,
  forgotten: Pick<Recovery, 'since'> | undefined,
): number {
  const isSure = ({ phase, endedAt }: Earlier): boolean =>
    phase === 'rewound' && endedAt.every((at) => at !== undefined && at < since);
  const open = [forgotten, earlier && !isSure(earlier) ? earlier : undefined];
  return Math.min(since, ...open.flatMap((one) => one?.since ?? []));
}

/**
 * A person said after the recovery had begun what had happened. That somebody wants the next step now, or a
 * dead letter driven again, says nothing of it.
 */
const isAnswered = ({ verdict }: Operation, { at }: Recovery): boolean => (verdict?.at ?? 0) >= at;

/**
 * Whether an unsafe operation may have been carried out by a call that the log forgot: its flow began before
 * the recovery, it has no outcome, and nobody has given a verdict since. `began`: when its flow did.
 */
export const isInDoubt = (operation: Operation, recovery: Recovery, began: number): boolean =>
  operation.status === 'open' && !isAnswered(operation, recovery) && began < recovery.at;

/**
 * From when on a provider's horizon is counted. An intent of a flow from before the recovery that was stored
 * after it may be the second one: its key was used once before, at `since` at the earliest.
 */
export function keyUsedFrom(operation: Pick<Operation, 'at'>, recovery: Recovery, began: number): number {
  if (operation.at < recovery.at || began >= recovery.at) return operation.at;
  return Math.min(operation.at, recovery.since);
}

/** A stretch of time that a provider is asked about, in milliseconds since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * What a provider is asked for, and from when on its answer is complete: a call that was under way in the cut
 * may act until its time is over, and is seen `visibleWithinMs` later.
 */
export function spanOf({ since, at }: Recovery, rule: EffectRule): TimeSpan & { readonly askableAt: number } {
  const to = at + rule.timeoutMs;
  const visibleWithinMs = rule.repeat.kind === 'keyed' ? (rule.repeat.lookup?.visibleWithinMs ?? 0) : 0;
  return { from: since, to, askableAt: to + visibleWithinMs };
}
