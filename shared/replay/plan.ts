import type { Command } from '@refrain/decider';
import { isPlatformEvent } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import { commandOf, letterKey, type Reaction } from '@refrain/runtime';
import type { Lookup } from './decisions.ts';
import type { PastEntity } from './past-entity.ts';

/**
 * Why something on record is not decided again:
 * - `fact`: no decider decided it: what happened to a call, a person's word, a dead letter of an effect.
 * - `not on record`: what was asked, or what the world answered, stands nowhere and does not follow from what
 *   was recorded.
 * - `cause not found`: the event that it was decided because of is not in the logs, or lies too far from it.
 */
export type NotDecided = 'fact' | 'not on record' | 'cause not found';

/** How one decision on record is made again. */
export type Plan =
  | { readonly do: 'nothing'; readonly why: NotDecided }
  | { readonly do: 'decide'; readonly command: Command; readonly derived: boolean }
  /** As soon as the event is there: one of these reactions is meant. */
  | {
      readonly do: 'hear';
      readonly eventId: string;
      readonly reactions: readonly Reaction[];
      /** A dead letter that is driven again holds it. */
      readonly event?: unknown;
    }
  /** No decider is asked: the contract says which event follows from the outcome of a call. */
  | { readonly do: 'look up'; readonly types: readonly string[] }
  /** Today's build has nothing that could decide it. */
  | { readonly do: 'miss'; readonly problem: string };

/** What was decided because of one cause, by one reaction or command: a part of a commit. */
export interface Decision {
  readonly cause: string;
  readonly reaction: string;
  readonly correlation: string;
  /** As stored. */
  readonly events: readonly RecordedEvent[];
}

const nothing = (why: NotDecided): Plan => ({ do: 'nothing', why });

/** The decisions in a commit: one, but for a hot entity's answers and for a person's verdict. */
export function decisionsIn(events: readonly RecordedEvent[]): Decision[] {
  const decisions: { cause: string; reaction: string; correlation: string; events: RecordedEvent[] }[] = [];
  for (const event of events) {
    const { cause, reaction, correlation } = event;
    const last = decisions.at(-1);
    if (last && last.cause === cause && last.reaction === reaction) last.events.push(event);
    else decisions.push({ cause, reaction, correlation, events: [event] });
  }
  return decisions;
}

/** How to decide again, on the entity as it was before, what is on record. */
export function planOf({ cause, reaction, events }: Decision, past: PastEntity, lookup: Lookup): Plan {
  const first = events[0] as RecordedEvent;
  const isDefect = first.type === 'refrain.Defect';
  const isNoted = first.type === 'refrain.Noted';
  if (isPlatformEvent(first.type) && !isNoted && !isDefect) return nothing('fact');
  if (isDefect && (first.data as { operation?: string }).operation !== undefined) return nothing('fact');
  const { kind } = past;
  if (!kind) return nothing('fact'); // `intake` keeps what nobody could read
  const at = cause.indexOf(':');
  const about = cause.slice(at + 1);
  switch (cause.slice(0, at)) {
    case 'event':
      return becauseOfEvent({ eventId: about, cause, reaction, isDefect, isNoted }, past);
    case 'deadline':
      return becauseOfDeadline(about.slice(about.indexOf(':') + 1), past, lookup);
    case 'outcome': {
      const [, , verdict = ''] = about.split(':');
      const isAnswer = verdict === 'ok' || verdict === 'happened';
      return isAnswer ? derived(reaction, events, past) : ofRule(reaction, verdict, lookup);
    }
    case 'request':
    case 'found':
      return derived(reaction, events, past);
    default:
      return nothing('fact');
  }
}

function becauseOfEvent(
  {
    eventId,
    cause,
    reaction,
    isDefect,
    isNoted,
  }: Record<'eventId' | 'cause' | 'reaction', string> & Record<'isDefect' | 'isNoted', boolean>,
  { kind, letters }: PastEntity,
): Plan {
  const letter = letters.get(letterKey(cause, reaction));
  // It was decided on another entity, and is only answered here, where its dead letter lay.
  if (isNoted && letter?.redriven) return nothing('fact');
  const reactions = kind?.reactions.get(reaction) ?? [];
  if (reactions.length === 0)
    return isDefect ? nothing('fact') : { do: 'miss', problem: `no reaction "${reaction}"` };
  return { do: 'hear', eventId, reactions, ...(!isDefect && letter?.event && { event: letter.event }) };
}

function becauseOfDeadline(name: string, { since }: PastEntity, { deadlines }: Lookup): Plan {
  const found = deadlines.get(name);
  if (!found) return { do: 'miss', problem: `no deadline "${name}"` };
  const event = since.get(found.after.type);
  if (!event) return nothing('cause not found');
  const { after, toCommand } = found;
  return { do: 'decide', command: commandOf({ event: after, toCommand }, event), derived: false };
}

/**
 * A request or an answer of the world is not on record; what was recorded because of it mostly repeats it.
 * Fields that stand in none of the events are missing in the command.
 */
function derived(name: string, events: readonly RecordedEvent[], { entity, kind }: PastEntity): Plan {
  if (isPlatformEvent(events[0]?.type ?? '')) return nothing('not on record');
  if (!kind?.decider.commands.includes(name))
    return { do: 'miss', problem: `no command "${name}" of ${entity.entityType}` };
  const { entityType, entityId } = entity;
  const data = Object.assign({}, ...events.map((event) => event.data).toReversed()) as unknown;
  return { do: 'decide', command: { name, entityType, entityId, data }, derived: true };
}

/** What the contract records for a refusal, for a call that never happened, and for giving up. */
function ofRule(effect: string, verdict: string, { contract }: Lookup): Plan {
  const rule = contract.effects[effect];
  if (!rule) return { do: 'miss', problem: `no effect ${effect}` };
  if (verdict === 'not-happened') return { do: 'look up', types: [rule.neverHappened ?? 'nothing'] };
  const failures = Object.values(rule.failures);
  if (verdict === 'gave-up')
    return { do: 'look up', types: failures.flatMap((f) => (f.class === 'rejected' ? [] : [f.givingUp])) };
  const failure = rule.failures[verdict];
  if (failure?.class === 'rejected') return { do: 'look up', types: [failure.records] };
  return { do: 'miss', problem: `${verdict} of ${effect} is no refusal` };
}
