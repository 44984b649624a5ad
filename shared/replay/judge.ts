import { type DomainEvent, isPlatformEvent } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { messageOf } from '@refrain/errors';
import { nameOf, type RecordedEvent } from '@refrain/event-log';
import { isSame } from './fields.ts';
import type { Kind } from './decisions.ts';

/** An event as a difference tells it. */
export interface ToldEvent {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

/**
 * - `same`: today's code decides what is on record.
 * - `mended`: a dead letter is on record, and today's code can decide it.
 * - `not on record`: the command could not be put together from what was recorded.
 */
export type Judgement =
  | { readonly is: 'same' | 'mended' | 'not on record' }
  | { readonly is: 'different'; readonly decided: readonly ToldEvent[]; readonly problem?: string };

/** A decision of the past with what it was made on. */
export interface Case {
  readonly kind: Kind;
  /** `charge/ord-7`: whose decision it was. */
  readonly name: string;
  readonly state: unknown;
  /** What was recorded, in the present versions. */
  readonly recorded: readonly RecordedEvent[];
  /** A hot entity answers what it cannot decide in a way of its own. */
  readonly onDefect?: (() => Command | undefined) | undefined;
}

/** Decides a command again on the state of the past, and compares. */
export function judge(past: Case, command: Command, derived: boolean): Judgement {
  const isDefect = past.recorded[0]?.type === 'refrain.Defect';
  const target = nameOf({ service: '', ...command });
  if (target !== past.name)
    return isDefect
      ? { is: 'mended' }
      : { is: 'different', decided: [], problem: `it is now decided by ${target}` };
  const decided = decide(past, command);
  if (decided instanceof Failed) {
    if (isDefect) return { is: 'same' };
    if (derived) return { is: 'not on record' };
    return { is: 'different', decided: [], problem: `it cannot be decided: ${decided.problem}` };
  }
  if (isDefect) return { is: 'mended' };
  const recorded = past.recorded.filter(({ type }) => !isPlatformEvent(type));
  return areSame(recorded, decided) ? { is: 'same' } : { is: 'different', decided: decided.map(told) };
}

/** An event without what only the log knows of it. */
export const told = ({ type, version, data }: ToldEvent): ToldEvent => ({ type, version, data });

class Failed {
  readonly problem: string;
  constructor(error: unknown) {
    this.problem = messageOf(error);
  }
}

function decide({ kind, state, onDefect }: Case, command: Command): readonly DomainEvent[] | Failed {
  try {
    return kind.decider.decide(state, command);
  } catch (error) {
    try {
      const refusal = onDefect?.();
      return refusal ? kind.decider.decide(state, refusal) : new Failed(error);
    } catch {
      return new Failed(error);
    }
  }
}

const areSame = (recorded: readonly ToldEvent[], decided: readonly ToldEvent[]): boolean =>
  recorded.length === decided.length &&
  recorded.every((event, i) => event.type === decided[i]?.type && isSame(event.data, decided[i]?.data));
