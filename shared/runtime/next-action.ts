import { type EffectRule, isQuestion } from '@refrain/contract-kit';
import type { Operation } from './operations.ts';

/** What is to be done about an operation now. */
export type Action =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly until: number }
  /** Attempt `n` under the keys of `round`. */
  | { readonly do: 'call'; readonly n: number; readonly round: number }
  /** Ask what became of it; if the provider does not know it, attempt it in the next round. */
  | { readonly do: 'look up, then call'; readonly n: number; readonly round: number }
  /** Ask what became of it, or make sure that it never happens; no attempt follows. */
  | { readonly do: 'settle'; readonly by: 'close' | 'lookup'; readonly n: number; readonly round: number }
  | { readonly do: 'give up'; readonly n: number; readonly failure: string };

/** What the next action depends on beside the log: the time, and what the effect can ask. */
export interface Situation {
  readonly now: number;
  /** The entity still wants it. */
  readonly wanted: boolean;
  readonly canClose: boolean;
  readonly canLookUp: boolean;
  /** A recovery does not know whether it happened: an unsafe one is not called on its own. */
  readonly inDoubt?: boolean;
  /** From when on the provider's horizon counts, milliseconds since 1970. Default: the intent's time. */
  readonly keyUsedFrom?: number;
}

/** The share of a provider's horizon that is relied upon. */
export const HORIZON_SHARE = 0.9;

const nothing: Action = { do: 'nothing' };

/** Why an unsafe operation of before a recovery is given up: the log may have forgotten that it happened. */
const LOST_TAIL = 'lost tail';

/** Unsafe: one start, and only a failure that surely did not happen allows another. */
function nextUnsafe(operation: Operation, rule: EffectRule, { now, inDoubt }: Situation): Action {
  const { started, last } = operation;
  if (operation.status === 'waiting') return nothing; // for a person's verdict
  if (inDoubt) return { do: 'give up', n: operation.n, failure: LOST_TAIL };
  if (started) {
    const over = started.at + rule.timeoutMs;
    return now < over ? { do: 'wait', until: over } : { do: 'give up', n: started.n, failure: 'no outcome' };
  }
  if (last?.happened === 'unknown') return { do: 'give up', n: last.n, failure: last.failure };
  if (operation.cancelled) return { do: 'give up', n: operation.n, failure: last?.failure ?? 'cancelled' };
  if (last && now < last.dueAt && !operation.hurried) return { do: 'wait', until: last.dueAt };
  if (last && operation.counted >= rule.retry.attempts)
    return { do: 'give up', n: last.n, failure: last.failure };
  return { do: 'call', n: operation.n + 1, round: 1 };
}

/**
 * When no attempt may follow: settle with the provider where it can be asked, else give up, else leave it to
 * a person.
 */
function settle(operation: Operation, { canClose, canLookUp }: Situation, wantsEnd: boolean): Action {
  const { last, n } = operation;
  // What the old key replays it will always replay: it can act no more, and is of no use for asking either.
  const round = (last?.round ?? 1) + (last?.replayed ? 1 : 0);
  const asked = last !== undefined && isQuestion(last.step);
  if (operation.status === 'open' && wantsEnd && (asked || !(canClose || canLookUp)))
    return { do: 'give up', n, failure: last?.failure ?? 'horizon over' };
  if (canClose) return { do: 'settle', by: 'close', n: n + 1, round };
  if (canLookUp) return { do: 'settle', by: 'lookup', n: n + 1, round };
  return nothing;
}

/**
 * What is to be done about an operation, from what the log says of it: a pure function, so that any instance,
 * any replay and any test come to the same answer (docs/retries.md).
 */
export function nextAction(operation: Operation, rule: EffectRule, situation: Situation): Action {
  const { now, wanted } = situation;
  const { last } = operation;
  if (operation.status === 'closed' || operation.status === 'defect') return nothing;
  if (rule.repeat.kind === 'unsafe') return nextUnsafe(operation, rule, situation);
  const due = Math.max(
    last?.dueAt ?? 0,
    operation.waitingSince === undefined ? 0 : operation.waitingSince + rule.retry.maxDelayMs,
  );
  if (now < due && !operation.hurried) return { do: 'wait', until: due };
  const keyUsedFrom = situation.keyUsedFrom ?? operation.at;
  const horizonOver = now + rule.timeoutMs >= keyUsedFrom + rule.repeat.horizonMs * HORIZON_SHARE;
  const exhausted = operation.counted >= rule.retry.attempts || horizonOver || operation.cancelled === true;
  // Closing leans on the key: once the provider may have forgotten it, only a lookup can tell.
  const ways = horizonOver ? { ...situation, canClose: false } : situation;
  if (operation.status === 'waiting' || exhausted) return settle(operation, ways, exhausted);
  if (!wanted && ways.canClose) return settle(operation, ways, false);
  const round = last?.round ?? 1;
  const n = operation.n + 1;
  if (!last?.replayed) return { do: 'call', n, round };
  const visibleAt = last.at + (rule.repeat.lookup?.visibleWithinMs ?? 0);
  if (now < visibleAt) return { do: 'wait', until: visibleAt };
  return situation.canLookUp ? { do: 'look up, then call', n, round } : settle(operation, situation, true);
}
