import { cause as causes, type FailureRule, isQuestion, type RetryRule } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { Bug, RefrainError } from '@refrain/errors';
import { nameOf, type RecordedEvent } from '@refrain/event-log';
import type { CallKind } from '@refrain/governor';
import { backoffMs } from '@refrain/retry';
import type { Failure } from './attempt.ts';
import { type Because, decideOnce, platformEvent, recorded } from './decision.ts';
import type { Effect, Progress } from './definition.ts';
import type { EntityState } from './entity-state.ts';
import type { Hold } from './gatekeeper.ts';
import { isHeld, type Operation } from './operations.ts';

/**
 * What the effect runner records, as pure functions of the entity's state: `undefined` when it is no longer
 * due.
 */

export interface Recording {
  readonly platformId: string;
  readonly effect: Effect;
  readonly operationId: string;
  /** Whose attempt it was. */
  readonly n: number;
  readonly trace: string;
}

function find(entity: EntityState, id: string): Operation {
  const operation = entity.operations.get(id);
  if (operation) return operation;
  throw new RefrainError('RF_OPERATION_MISSING', { entity: nameOf(entity.entity), operation: id });
}

const because = (r: Recording, operation: Operation, cause: string, reaction: string): Because => ({
  cause,
  reaction,
  correlation: operation.intent.correlation,
  trace: r.trace,
});

/**
 * A success always counts, also a late one: the decider says what it means now. `ok` is the answer to a call,
 * `happened` what the provider said when it was asked.
 */
export function successOf(
  r: Recording,
  command: Command,
  verdict: 'ok' | 'happened',
): (entity: EntityState) => RecordedEvent[] | undefined {
  return (entity) => {
    const cause = causes.outcome(r.operationId, r.n, verdict);
    const operation = find(entity, r.operationId);
    return decideOnce(r.platformId, entity, command, because(r, operation, cause, command.name));
  };
}

/** An event that the contract names for an outcome. It carries the entity's id and nothing else. */
function ending(r: Recording, entity: EntityState, type: string, verdict: string): RecordedEvent[] {
  const info = entity.kind.contract;
  const id = info.entities[entity.entity.entityType]?.id;
  const event = info.types[type]?.(id === undefined ? {} : { [id]: entity.entity.entityId });
  if (!event) throw new Bug(`${info.service} has no event ${type}`);
  const cause = causes.outcome(r.operationId, r.n, verdict);
  return recorded(r.platformId, entity, because(r, find(entity, r.operationId), cause, r.effect.name), [
    event,
  ]);
}

/** A refusal closes an operation only as the answer to its latest attempt. */
export const refusalOf =
  (r: Recording, name: string, rule: FailureRule & { class: 'rejected' }) => (entity: EntityState) => {
    const operation = find(entity, r.operationId);
    const isLatest = operation.n < r.n || operation.started?.n === r.n;
    return operation.status === 'open' && isLatest ? ending(r, entity, rule.records, name) : undefined;
  };

export const neverOf = (r: Recording, type: string) => (entity: EntityState) =>
  find(entity, r.operationId).status === 'closed' ? undefined : ending(r, entity, type, 'not-happened');

/**
 * Giving up. Of a keyed effect the outcome is always unknown then: a process may have died in the middle of a
 * call that stands on no record. It leads to an undo or to a human; that it never happened is for the
 * provider to say.
 */
export const givingUpOf =
  (r: Recording, failure: string, isStillDue: (operation: Operation) => boolean) => (entity: EntityState) => {
    const operation = find(entity, r.operationId);
    // A person may have spoken meanwhile, or another instance have gone on.
    if (operation.status !== 'open' || !isStillDue(operation)) return undefined;
    return ending(r, entity, givingUpEvent(r.effect, operation.unknownFailure ?? failure), 'gave-up');
  };

function givingUpEvent({ rule, name }: Effect, failure: string): string {
  const known = rule.failures[failure];
  const counts = rule.repeat.kind === 'unsafe' || known?.happened === 'unknown';
  if (counts && known && known.class !== 'rejected') return known.givingUp;
  for (const other of Object.values(rule.failures))
    if (other.class !== 'rejected' && other.happened === 'unknown') return other.givingUp;
  throw new Bug(`the effect ${name} has no failure with an unknown outcome`);
}

export interface FailedCall {
  readonly round: number;
  readonly step: string;
  readonly progress: Progress;
  readonly now: number;
  /** The governor's word when it failed, and its term. */
  readonly word: string;
  readonly epoch: number;
}

/**
 * A failed attempt, on record before anything else is done about it. Where another instance took its number
 * meanwhile, it gets the next one: that a call may have acted must not be forgotten.
 */
export function failureOf(
  r: Recording,
  call: FailedCall,
  failure: Failure & { known: true },
): (entity: EntityState) => RecordedEvent[] | undefined {
  const known = r.effect.rule.failures[failure.name];
  // What a failed question tells is nothing about the call that it asked about.
  const happened = isQuestion(call.step) ? 'unknown' : (known?.happened ?? failure.happened ?? 'unknown');
  const isOutage = known?.class === 'outage';
  const failureClass = known && known.class !== 'rejected' ? known.class : 'transient';
  return (entity) => {
    const operation = find(entity, r.operationId);
    if (operation.status === 'closed') return undefined;
    const n = operation.started?.n === r.n ? r.n : Math.max(r.n, operation.n + 1);
    const delayOf = (attempt: number): Delay =>
      delayAfter(r, operation, { attempt, isOutage, retryAfterMs: failure.retryAfterMs });
    // Tried again after a silence of the broker, it may be this very failure that stands there, also where
    // another instance has gone on from it.
    const isThere = operation.recent?.some(
      (one) => one.n >= r.n && one.failure === failure.name && isDueAt(one, call.now, delayOf),
    );
    if (isThere) return undefined;
    const { ms, by } = delayOf(n);
    const data = {
      operation: r.operationId,
      n,
      round: call.round,
      step: call.step,
      failure: failure.name,
      class: failureClass,
      happened,
      replayed: failure.replayed,
      rule: r.effect.rule.retry,
      delayMs: ms,
      delayBy: isQuestion(call.step) ? ('question' as const) : by,
      dueAt: new Date(call.now + ms).toISOString(),
      word: call.word,
      epoch: call.epoch,
      reason: failure.reason,
      progress: call.progress,
    };
    const cause = causes.outcome(r.operationId, n, failure.name);
    const event = platformEvent('refrain.AttemptFailed', data);
    return recorded(r.platformId, entity, because(r, operation, cause, r.effect.name), [event]);
  };
}

/**
 * What was given up with its outcome unknown is asked about ever more rarely, up to once in so many
 * milliseconds.
 */
const ASK_MAX_MS = 3_600_000;

/** A provider may ask for any pause; one beyond this, in milliseconds, is a mistake or an attack. */
const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

interface Delay {
  readonly ms: number;
  readonly by: 'rule' | 'retry-after' | 'outage';
}

const isDueAt = (
  { n, dueAt }: { n: number; dueAt: string },
  now: number,
  delayOf: (n: number) => Delay,
): boolean => Date.parse(dueAt) === Math.floor(now + delayOf(n).ms); // as it is stored

/** An outage is waited out at the longest delay; everything else by the rule. */
function delayAfter(
  r: Recording,
  { waitingFrom }: Operation,
  failed: { attempt: number; isOutage: boolean; retryAfterMs: number },
): Delay {
  const { retry, repeat } = r.effect.rule;
  const { operationId } = r;
  const horizonMs = repeat.kind === 'keyed' ? repeat.horizonMs : RETRY_AFTER_MAX_MS;
  const asked = failed.retryAfterMs;
  const retryAfterMs = asked > 0 ? Math.min(asked, horizonMs, RETRY_AFTER_MAX_MS) : 0;
  const slowly = waitingFrom !== undefined || failed.isOutage;
  const firstDelayMs = slowly ? retry.maxDelayMs : retry.firstDelayMs;
  const maxDelayMs = waitingFrom === undefined ? retry.maxDelayMs : Math.max(retry.maxDelayMs, ASK_MAX_MS);
  const rule: RetryRule = { ...retry, firstDelayMs, maxDelayMs };
  const attempt = Math.max(1, failed.attempt - (waitingFrom ?? 0));
  const ms = backoffMs({ rule, operationId, attempt, retryAfterMs });
  if (ms > backoffMs({ rule, operationId, attempt })) return { ms, by: 'retry-after' };
  return { ms, by: failed.isOutage ? 'outage' : 'rule' };
}

/**
 * The governor's word holds the attempt: on record once for each, however often it is held again; and once
 * more where it was a first attempt and turns out to be one that may have been made.
 */
export const heldOf =
  (r: Recording, { hold, word, epoch, reason }: Hold, { until, kind }: { until: number; kind: CallKind }) =>
  (entity: EntityState): RecordedEvent[] | undefined => {
    const operation = find(entity, r.operationId);
    const again = kind === 'retry' && operation.n === 0;
    const isKnown = isHeld(operation) && (!again || operation.held?.again === true);
    if (operation.status === 'closed' || operation.n >= r.n || isKnown) return undefined;
    const cause = causes.outcome(r.operationId, r.n, again ? 'held-again' : 'held');
    const held = platformEvent('refrain.Held', {
      operation: r.operationId,
      n: r.n,
      hold,
      word,
      epoch,
      reason,
      until: new Date(until).toISOString(),
      ...(again && { again }),
    });
    return recorded(r.platformId, entity, because(r, operation, cause, r.effect.name), [held]);
  };

/** The mark before an unsafe call: only who appends it may call. */
export const startOf = (r: Recording, runner: string) => (entity: EntityState) => {
  const operation = find(entity, r.operationId);
  const isNext = operation.status === 'open' && !operation.started && operation.n === r.n - 1;
  if (!isNext || operation.cancelled) return undefined;
  const cause = causes.start(r.operationId, r.n, runner);
  const mark = platformEvent('refrain.AttemptStarted', { operation: r.operationId, n: r.n, runner });
  return recorded(r.platformId, entity, because(r, operation, cause, r.effect.name), [mark]);
};

/** Something of ours is wrong with the effect: it waits for a human. */
export const defectOf =
  (r: Pick<Recording, 'platformId' | 'operationId' | 'trace'> & { effect: string }, error: string) =>
  (entity: EntityState) => {
    const operation = find(entity, r.operationId);
    if (operation.status === 'closed' || operation.status === 'defect') return undefined;
    const { cause, correlation } = operation.intent;
    const data = { cause, reaction: r.effect, operation: r.operationId, error };
    const event = platformEvent('refrain.Defect', data);
    return recorded(r.platformId, entity, { cause, reaction: r.effect, correlation, trace: r.trace }, [
      event,
    ]);
  };
