import { cause as causes, type PlatformEventType, rootTrace } from '@refrain/contract-kit';
import { nameOf, type RecordedEvent } from '@refrain/event-log';
import { decideCommand, platformEvent, reasonOf, recorded } from './decision.ts';
import type { LetterOnRecord } from './dead-letter-fold.ts';
import type { Effect } from './definition.ts';
import { neverOf } from './effect-log.ts';
import type { EntityState } from './entity-state.ts';
import type { Operation } from './operations.ts';

/** Who asks for it (as claimed: nobody checks a name), from which machine, and why. */
export interface Said {
  readonly by: string;
  readonly host: string;
  readonly why: string;
}

/**
 * What becomes of a person's word on an entity as it is now.
 * - `record`: these events are to be appended.
 * - `already`: it was said before, or came about by itself; nothing changes.
 * - `refused`: it would be wrong; `instead` says what to do.
 */
export type Word =
  | { readonly kind: 'record'; readonly events: readonly RecordedEvent[]; readonly says: string }
  | { readonly kind: 'already'; readonly says: string }
  | { readonly kind: 'refused'; readonly problem: string; readonly instead: string };

const already = (says: string): Word => ({ kind: 'already', says });
const refused = (problem: string, instead: string): Word => ({ kind: 'refused', problem, instead });

/** The cause of a person's word: a request of the operator, one for each thing that can be said once. */
const requested = (what: string): string => causes.request('operator', what);

interface Flow {
  readonly correlation: string;
  readonly trace?: string | undefined;
}

function word<T extends PlatformEventType>(
  platformId: string,
  entity: EntityState,
  { correlation, trace = rootTrace(correlation) }: Flow,
  said: { cause: string; reaction: string; type: T; data: Parameters<typeof platformEvent<T>>[1] },
): RecordedEvent[] {
  const because = { cause: said.cause, reaction: said.reaction, correlation, trace };
  return recorded(platformId, entity, because, [platformEvent(said.type, said.data)]);
}

const gone = (id: string): Word =>
  refused(`the log of this entity no longer has the operation ${id}`, 'Look again in a moment.');

const person = (id: string): string =>
  `Say what came of it: npx refrain verdict ${id} happened|not-happened --why "…".`;

/** The attempt that the person saw: a word about an older one is not meant for what has come since. */
function stale({ n }: Operation, attempt: number | undefined): Word | undefined {
  if (attempt === undefined || attempt === n) return undefined;
  return refused(`attempt ${n} has been made since attempt ${attempt}`, 'Look again and say it anew.');
}

export interface Asked {
  readonly platformId: string;
  readonly operationId: string;
  readonly said: Said;
  /** The number of the last attempt that the person saw; a repeat of the request bears the same one. */
  readonly attempt?: number | undefined;
}

/** Why an operation takes no "now" and no "no more", where it takes none. */
function notGoingOn(operation: Operation, effect: Effect): Word | undefined {
  const { id, status } = operation;
  if (status === 'closed') return refused('its outcome is on record', `See npx refrain why ${id}.`);
  if (status === 'defect')
    return refused('a defect of ours stopped it', `Drive it again: npx refrain dead-letters redrive ${id}.`);
  const asksOn = effect.close !== undefined || effect.lookup !== undefined;
  if (status === 'waiting' && !asksOn)
    return refused('nobody but a person can know whether it happened', person(id));
  return undefined;
}

/** `refrain.RetryRequested`: the next step now, through the governor. */
export function retryWord(entity: EntityState, effect: Effect, asked: Asked): Word {
  const { platformId, operationId, said, attempt } = asked;
  const operation = entity.operations.get(operationId);
  if (!operation) return gone(operationId);
  const wrong = notGoingOn(operation, effect) ?? stale(operation, attempt);
  if (wrong) return wrong;
  if (operation.hurried) return already(`attempt ${operation.n + 1} was asked for before and is on its way`);
  const events = word(platformId, entity, operation.intent, {
    cause: requested(`retry ${operationId} ${operation.n} ${entity.seq}`),
    reaction: 'retry now',
    type: 'refrain.RetryRequested',
    data: { operation: operationId, ...said },
  });
  return { kind: 'record', events, says: `attempt ${operation.n + 1} is due now` };
}

/** `refrain.CancelRequested`: no further attempt; it is settled with the provider, or given up. */
export function cancelWord(entity: EntityState, asked: Asked): Word {
  const { platformId, operationId, said, attempt } = asked;
  const operation = entity.operations.get(operationId);
  if (!operation) return gone(operationId);
  const { status, cancelled } = operation;
  if (status === 'waiting') return refused('it is given up already', person(operationId));
  if (status === 'defect') return refused('a defect of ours stopped it already', person(operationId));
  if (status === 'closed') return refused('its outcome is on record', `See npx refrain why ${operationId}.`);
  if (cancelled) return already('it was asked for before: no further attempt is made');
  const wrong = stale(operation, attempt);
  if (wrong) return wrong;
  const events = word(platformId, entity, operation.intent, {
    cause: requested(`cancel ${operationId} ${operation.n} ${entity.seq}`),
    reaction: 'cancel',
    type: 'refrain.CancelRequested',
    data: { operation: operationId, ...said },
  });
  return { kind: 'record', events, says: 'no further attempt is made: it is settled, or given up' };
}

const textOf = (happened: boolean): string => (happened ? 'happened' : 'not-happened');

/** Whether the word was said before: about the same attempt, or an outcome that says the same. */
function saidBefore({ verdict, n, status }: Operation, happened: boolean, attempt: number): Word | undefined {
  if (verdict?.n === attempt) {
    const same = `"${textOf(verdict.happened)}" is on record for attempt ${attempt}`;
    if (verdict.happened === happened) return already(same);
    return refused(same, 'A word about the world cannot be taken back; what follows from it goes on.');
  }
  if (status === 'closed') return refused('its outcome is on record', 'Nothing is left to be said.');
  if (attempt === n) return undefined;
  return refused(
    `attempt ${n} has been made since attempt ${attempt}`,
    'Look at what came of it, and say it anew.',
  );
}

/**
 * `refrain.Verdict`, and in the same commit what follows from it: the success that the decider records, or
 * that it never happened. Without an event for the latter the operation is open again.
 */
export function verdictWord(
  entity: EntityState,
  effect: Effect,
  asked: Asked & { readonly happened: boolean; readonly attempt: number },
): Word {
  const { platformId, operationId, said, happened, attempt } = asked;
  const operation = entity.operations.get(operationId);
  if (!operation) return gone(operationId);
  const before = saidBefore(operation, happened, attempt);
  if (before) return before;
  if (operation.status === 'open')
    return refused(
      'it goes on by itself, and its outcome is not unknown',
      `Wait, or stop it first: npx refrain retries cancel ${operationId} --why "…".`,
    );
  const because = { cause: causes.outcome(operationId, attempt, textOf(happened)), reaction: 'verdict' };
  const verdict = word(platformId, entity, operation.intent, {
    ...because,
    type: 'refrain.Verdict',
    data: { operation: operationId, happened, ...said },
  });
  const trace = operation.intent.trace ?? rootTrace(operation.intent.correlation);
  const recording = { platformId, effect, operationId, n: attempt, trace };
  if (!happened) {
    const never = effect.rule.neverHappened;
    const follows = never === undefined ? [] : (neverOf(recording, never)(entity) ?? []);
    const says = never === undefined ? 'it is open again and due now' : `${never} is recorded`;
    return { kind: 'record', events: [...verdict, ...follows], says };
  }
  if (!effect.happened)
    return refused(
      `only the provider can say how ${effect.name} happened`,
      `It is asked on by itself; to ask now: npx refrain retries now ${operationId} --why "…".`,
    );
  try {
    const command = effect.happened(operation.intent.data);
    const { correlation } = operation.intent;
    const reason = { cause: because.cause, reaction: command.name, correlation, trace };
    const success = decideCommand(platformId, entity, command, reason);
    const types = success.map(({ type }) => type).join(', ');
    return { kind: 'record', events: [...verdict, ...success], says: `${types} is recorded` };
  } catch (error) {
    return refused(`today's code cannot record it: ${reasonOf(error)}`, 'Mend the decider first.');
  }
}

export interface LetterAsked {
  readonly platformId: string;
  readonly letterId: string;
  readonly said: Said;
}

export const letterOf = (entity: EntityState, id: string): LetterOnRecord | undefined =>
  [...entity.letters.values()].find((letter) => letter.id === id);

/** `refrain.Redrive`: each dead letter is driven again once; what fails again is another one. */
export function redriveWord(
  entity: EntityState,
  { platformId, letterId, said }: LetterAsked,
  problemOf: (letter: LetterOnRecord) => { problem: string; instead: string } | undefined,
): Word {
  const cause = requested(`redrive ${letterId}`);
  const letter = letterOf(entity, letterId);
  if (entity.isHandled(cause, 'redrive') || letter?.redriven) return already('it was driven again before');
  if (!letter) return refused('it is decided, or a person has seen to it', 'Nothing is left to be done.');
  const problem = problemOf(letter);
  if (problem) return { kind: 'refused', ...problem };
  const { operation } = letter;
  const events = word(platformId, entity, letter, {
    cause,
    reaction: 'redrive',
    type: 'refrain.Redrive',
    data: {
      cause: letter.cause,
      reaction: letter.reaction,
      ...(operation !== undefined && { operation }),
      ...said,
    },
  });
  const says = operation === undefined ? 'it is decided again' : 'the operation is open again and due now';
  return { kind: 'record', events, says };
}

/** `refrain.Resolved`: a person has seen to it, and it is decided no more. */
export function resolveWord(entity: EntityState, { platformId, letterId, said }: LetterAsked): Word {
  const cause = requested(`resolve ${letterId}`);
  if (entity.isHandled(cause, 'resolve')) return already('it was resolved before');
  const letter = letterOf(entity, letterId);
  if (!letter)
    return refused(
      `${nameOf(entity.entity)} has no such dead letter any more`,
      'Nothing is left to be done.',
    );
  if (letter.operation !== undefined)
    return refused('an operation needs an outcome', person(letter.operation));
  const events = word(platformId, entity, letter, {
    cause,
    reaction: 'resolve',
    type: 'refrain.Resolved',
    data: { cause: letter.cause, reaction: letter.reaction, ...said },
  });
  return { kind: 'record', events, says: 'it is not decided any more' };
}
