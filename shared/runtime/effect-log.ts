import { cause as causes, type FailureRule, type RetryRule } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { Bug } from '@refrain/errors';
import type { RecordedEvent } from '@refrain/event-log';
import { backoffMs } from '@refrain/retry';
import type { Failure } from './attempt.ts';
import { type Because, decideCommand, platformEvent, recorded } from './decision.ts';
import type { Effect, Progress } from './definition.ts';
import type { EntityState } from './entity-state.ts';
import type { Operation } from './operations.ts';

/** What the effect runner records, as pure functions of the entity's state: `undefined` when it is no longer due. */

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
  if (!operation)
    throw new Bug(`${entity.entity.entityType}/${entity.entity.entityId} has no operation ${id}`);
  return operation;
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
    if (entity.isHandled(cause, command.name)) return undefined;
    return decideCommand(
      r.platformId,
      entity,
      command,
      because(r, find(entity, r.operationId), cause, command.name),
    );
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
    return operation.status === 'open' && operation.n < r.n
      ? ending(r, entity, rule.records, name)
      : undefined;
  };

export const neverOf = (r: Recording, type: string) => (entity: EntityState) =>
  find(entity, r.operationId).status === 'closed' ? undefined : ending(r, entity, type, 'not-happened');

/** Giving up: an unknown outcome leads to an undo or to a human, whatever the last failure was. */
export const givingUpOf = (r: Recording, failure: string) => (entity: EntityState) => {
  const operation = find(entity, r.operationId);
  if (operation.status !== 'open') return undefined;
  return ending(r, entity, givingUpEvent(r.effect, operation.unknownFailure ?? failure), 'gave-up');
};

function givingUpEvent({ rule, name }: Effect, failure: string): string {
  const known = rule.failures[failure];
  if (known && known.class !== 'rejected') return known.givingUp;
  // No failure of the contract's (a start without outcome, a horizon that is over): the outcome is unknown.
  for (const other of Object.values(rule.failures))
    if (other.class !== 'rejected' && other.happened === 'unknown') return other.givingUp;
  throw new Bug(`the effect ${name} has no failure with an unknown outcome`);
}

export interface FailedCall {
  readonly round: number;
  readonly step: string;
  readonly progress: Progress;
  readonly now: number;
}

/** A failed attempt, on record before anything else is done about it. */
export function failureOf(
  r: Recording,
  call: FailedCall,
  failure: Failure & { known: true },
): (entity: EntityState) => RecordedEvent[] | undefined {
  const known = r.effect.rule.failures[failure.name];
  return (entity) => {
    const operation = find(entity, r.operationId);
    // The entity went on meanwhile (another instance's attempt, an outcome): this number is taken.
    if (operation.status === 'closed' || operation.n >= r.n + (operation.started?.n === r.n ? 1 : 0))
      return undefined;
    const delay = delayOf(r, operation, known?.class ?? 'transient', failure.retryAfterMs);
    const data = {
      operation: r.operationId,
      n: r.n,
      round: call.round,
      step: call.step,
      failure: failure.name,
      class: known?.class ?? ('transient' as const),
      happened: known?.happened ?? failure.happened ?? 'unknown',
      replayed: failure.replayed,
      delay,
      dueAt: new Date(call.now + delay).toISOString(),
      word: 'open',
      epoch: 0,
      reason: failure.reason,
      progress: call.progress,
    };
    const cause = causes.outcome(r.operationId, r.n, failure.name);
    return recorded(r.platformId, entity, because(r, operation, cause, r.effect.name), [
      platformEvent('refrain.AttemptFailed', data),
    ]);
  };
}

/** What was given up with its outcome unknown is asked about ever more rarely, up to once in so many milliseconds. */
const ASK_MAX_MS = 3_600_000;

/** An outage is waited out at the longest delay; everything else by the rule. */
function delayOf(r: Recording, operation: Operation, failureClass: string, retryAfterMs: number): number {
  const { retry } = r.effect.rule;
  const { operationId } = r;
  if (operation.waitingFrom !== undefined) {
    const rule = {
      ...retry,
      firstDelayMs: retry.maxDelayMs,
      maxDelayMs: Math.max(retry.maxDelayMs, ASK_MAX_MS),
    };
    return backoffMs({ rule, operationId, attempt: r.n - operation.waitingFrom, retryAfterMs });
  }
  const rule: RetryRule = failureClass === 'outage' ? { ...retry, firstDelayMs: retry.maxDelayMs } : retry;
  return backoffMs({ rule, operationId, attempt: r.n, retryAfterMs });
}

/** The mark before an unsafe call: only who appends it may call. */
export const startOf = (r: Recording, runner: string) => (entity: EntityState) => {
  const operation = find(entity, r.operationId);
  if (operation.status !== 'open' || operation.started || operation.n !== r.n - 1) return undefined;
  const cause = causes.start(r.operationId, r.n, runner);
  const mark = platformEvent('refrain.AttemptStarted', { operation: r.operationId, n: r.n, runner });
  return recorded(r.platformId, entity, because(r, operation, cause, r.effect.name), [mark]);
};

/** Something of ours is wrong with the effect: it waits for a human. */
export const defectOf = (r: Recording, error: string) => (entity: EntityState) => {
  const operation = find(entity, r.operationId);
  if (operation.status === 'closed' || operation.status === 'defect') return undefined;
  const { cause } = operation.intent;
  const data = { cause, reaction: r.effect.name, operation: r.operationId, error };
  return recorded(r.platformId, entity, because(r, operation, cause, r.effect.name), [
    platformEvent('refrain.Defect', data),
  ]);
};
