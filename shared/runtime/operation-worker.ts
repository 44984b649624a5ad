import { type Happened, isQuestion } from '@refrain/contract-kit';
import { Bug } from '@refrain/errors';
import {
  type AttemptContext,
  type AttemptResult,
  ask,
  attempt,
  type Failure,
  runnerName,
} from './attempt.ts';
import { reasonOf, Undecidable } from './decision.ts';
import type { Effect } from './definition.ts';
import * as effectLog from './effect-log.ts';
import type { EntityState } from './entity-state.ts';
import type { Changed, EntityStore, Propose } from './entity-store.ts';
import type { Action } from './next-action.ts';
import type { Operation } from './operations.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';
import { rootTrace } from './trace-context.ts';
import { isDefect, pauseMsAfter } from './trouble.ts';

/**
 * How often an outcome is brought to the log before its carrier is given back; each try waits for the broker
 * by itself.
 */
const RECORD_TRIES = 10;

/** An operation with what is to be done about it now. */
export interface Due {
  readonly entity: EntityState;
  readonly operation: Operation;
  readonly effect: Effect;
  readonly action: Action;
}

type Asking = { readonly n: number; readonly round: number };

const platformFailure = (
  name: string,
  reason: string,
  more: { happened?: Happened; retryAfterMs?: number } = {},
) => ({ known: true, name, retryAfterMs: 0, replayed: false, reason, ...more }) as const;

/**
 * Makes the calls of an operation, and brings what came of them back as events. Each method tells whether it
 * recorded anything.
 */
export class OperationWorker {
  readonly #ports: Ports;
  readonly #store: EntityStore;
  readonly #platformId: string;
  readonly #instance: string;

  constructor(ports: Ports, store: EntityStore, names: { platformId: string; instance: string }) {
    this.#ports = ports;
    this.#store = store;
    this.#platformId = names.platformId;
    this.#instance = names.instance;
  }

  effectOf(registry: Registry, operation: Operation): Effect {
    const effect = registry.effects.get(operation.effect);
    if (!effect) throw new Bug(`the service has no effect ${operation.effect}`);
    return effect;
  }

  isWanted(effect: Effect, entity: EntityState): boolean {
    try {
      return effect.wanted(entity.state);
    } catch (error) {
      throw new Undecidable(`wanted: ${reasonOf(error)}`, { cause: error });
    }
  }

  async act(due: Due, action: Exclude<Action, { do: 'nothing' | 'wait' }>): Promise<boolean> {
    if (action.do === 'give up')
      return await this.#record(due, effectLog.givingUpOf(this.#recording(due, action.n), action.failure));
    if (action.do === 'settle') return await this.#settle(due, action.by, action);
    if (action.do === 'look up, then call') return await this.#lookUpThenCall(due, action);
    const { rule } = due.effect;
    if (rule.repeat.kind === 'keyed') return await this.#call(due, action, rule.timeoutMs);
    return await this.#startThenCall(due, action);
  }

  /** Something of ours is wrong with it: it waits for a human, with what is known of its outcome. */
  async recordDefect(entity: EntityState, operation: Operation, error: unknown): Promise<void> {
    const fields = {
      operation: operation.id,
      effect: operation.effect,
      correlation: operation.intent.correlation,
    };
    this.#ports.logger.error({ ...fields, error: reasonOf(error) }, 'defect of an effect');
    const names = { platformId: this.#platformId, operationId: operation.id, trace: traceOf(operation) };
    await this.#append(entity, effectLog.defectOf({ ...names, effect: operation.effect }, reasonOf(error)));
  }

  /** Unsafe: the time runs from before the mark's first publish, and only who appended the mark may call. */
  async #startThenCall(due: Due, { n, round }: Asking): Promise<boolean> {
    const from = this.#ports.clock.now();
    const runner = runnerName(this.#instance, this.#ports.chance);
    if (!(await this.#record(due, effectLog.startOf(this.#recording(due, n), runner)))) return false;
    const left = due.effect.rule.timeoutMs - (this.#ports.clock.now() - from);
    if (left > 0) return await this.#call(due, { n, round }, left);
    const failure = platformFailure(
      'not_sent',
      'the start mark was stored too late for the call; nothing was sent',
      { happened: 'no' },
    );
    const { progress } = due.operation;
    return await this.#conclude(due, { n, round }, { kind: 'failed', step: 'start', progress, failure });
  }

  async #call(due: Due, { n, round }: Asking, timeoutMs: number): Promise<boolean> {
    const { operation, effect } = due;
    const span = this.#ports.tracing.start(`${effect.rule.dependency}: ${effect.name}`, traceOf(operation), {
      'refrain.correlation': operation.intent.correlation,
      'refrain.operation': operation.id,
      'refrain.attempt': n,
    });
    const result = await attempt(this.#context(due, round, span.traceparent, timeoutMs));
    span.end(result.kind === 'failed' ? result.failure.reason : undefined);
    return await this.#conclude(due, { n, round }, result);
  }

  async #lookUpThenCall(due: Due, { n, round }: Asking): Promise<boolean> {
    const result = await this.#ask(due, round, 'lookup');
    if (result.kind !== 'answer') return await this.#conclude(due, { n, round }, result);
    const never = due.effect.rule.neverHappened;
    if (result.answer === 'never' && never !== undefined)
      return await this.#record(due, effectLog.neverOf(this.#recording(due, n), never));
    // The stored failure is all that the old key can give, and the provider knows of nothing: a new key is
    // safe.
    return await this.#call(due, { n, round: round + 1 }, due.effect.rule.timeoutMs);
  }

  async #settle(due: Due, by: 'close' | 'lookup', { n, round }: Asking): Promise<boolean> {
    const result = await this.#ask(due, round, by);
    const { neverHappened, retry } = due.effect.rule;
    if (result.kind === 'answer' && result.answer === 'never' && neverHappened !== undefined)
      return await this.#record(due, effectLog.neverOf(this.#recording(due, n), neverHappened));
    if (result.kind !== 'answer') return await this.#conclude(due, { n, round }, result);
    const failure = platformFailure('not_found', 'the provider does not know it', {
      retryAfterMs: retry.maxDelayMs,
    });
    const { progress } = due.operation;
    return await this.#conclude(due, { n, round }, { kind: 'failed', step: by, progress, failure });
  }

  #ask(due: Due, round: number, by: 'lookup' | 'close'): Promise<AttemptResult> {
    return ask(this.#context(due, round, traceOf(due.operation), due.effect.rule.timeoutMs), by);
  }

  #context(
    { operation, effect }: Due,
    round: number,
    traceparent: string,
    timeoutMs: number,
  ): AttemptContext {
    return { clock: this.#ports.clock, operation, effect, round, traceparent, timeoutMs };
  }

  async #conclude(due: Due, { n, round }: Asking, result: AttemptResult): Promise<boolean> {
    const recording = this.#recording(due, n);
    if (result.kind === 'success') return await this.#recordSuccess(due, recording, result);
    if (result.kind === 'answer') throw new Bug('an answer is no conclusion');
    const { step, progress, failure } = result;
    this.#tell(due, n, failure);
    if (!failure.known) throw new Undecidable(`${step}: ${failure.reason}`);
    const rule = due.effect.rule.failures[failure.name];
    const isCall = !isQuestion(step);
    if (rule?.class === 'rejected' && isCall)
      return await this.#record(due, effectLog.refusalOf(recording, failure.name, rule));
    const now = this.#ports.clock.now();
    const call = { round, step, progress, now, word: 'open', epoch: 0 };
    return await this.#record(due, effectLog.failureOf(recording, call, failure));
  }

  async #recordSuccess(
    due: Due,
    recording: effectLog.Recording,
    { command, verdict }: AttemptResult & { kind: 'success' },
  ): Promise<boolean> {
    try {
      return await this.#record(due, effectLog.successOf(recording, command, verdict));
    } catch (error) {
      if (!isDefect(error)) throw error;
      // It did happen: whoever looks into it must know what the world answered.
      const known = JSON.stringify(command.data).slice(0, 300);
      throw new Undecidable(`it happened (${known}), and that could not be recorded: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  #tell({ operation, effect }: Due, n: number, failure: Failure): void {
    if (!failure.known) return; // told as a defect
    const { correlation } = operation.intent;
    const fields = { operation: operation.id, effect: effect.name, attempt: n, correlation };
    this.#ports.logger.warn({ ...fields, failure: failure.name, reason: failure.reason }, 'attempt failed');
  }

  #recording({ operation, effect }: Due, n: number): effectLog.Recording {
    return { platformId: this.#platformId, effect, operationId: operation.id, n, trace: traceOf(operation) };
  }

  async #record({ entity }: Due, propose: Propose): Promise<boolean> {
    return (await this.#append(entity, propose)).events.length > 0;
  }

  /** What came of a call is not given up easily: while this process lives, nobody else knows it. */
  async #append({ entity: { entityType, entityId } }: EntityState, propose: Propose): Promise<Changed> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#store.change(entityType, entityId, 'cached', propose);
      } catch (error) {
        if (isDefect(error) || tries === RECORD_TRIES) throw error;
        await this.#ports.clock.sleep(pauseMsAfter(error, this.#ports.chance));
      }
    }
  }
}

const traceOf = ({ intent }: Operation): string => intent.trace ?? rootTrace(intent.correlation);
