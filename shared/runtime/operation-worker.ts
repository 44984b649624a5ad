import { type Happened, isQuestion, rootTrace, type Span } from '@refrain/contract-kit';
import { Bug } from '@refrain/errors';
import type { CallKind, CallOutcome } from '@refrain/governor';
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
import type { Due } from './due.ts';
import * as effectLog from './effect-log.ts';
import type { EntityState } from './entity-state.ts';
import type { Changed, EntityStore, Propose } from './entity-store.ts';
import type { Gatekeeper, Hold } from './gatekeeper.ts';
import type { Action } from './next-action.ts';
import type { Operation } from './operations.ts';
import { attemptSpan, endAttempt } from './operation-spans.ts';
import type { Ports } from './ports.ts';
import type { Reporter } from './reporter.ts';
import { isDefect, pauseMsAfter } from './trouble.ts';

/**
 * How often an outcome is brought to the log before its carrier is given back; each try waits for the broker
 * by itself.
 */
const RECORD_TRIES = 10;

/** Leave for one call: of which kind, and when it could have been made at the earliest. */
type Ready = {
  readonly kind: CallKind;
  readonly readyAt: number;
  /** What it happens in; what is recorded of it stands below. */
  readonly span: Span;
};

/** A step that calls the world, and what it has leave for. */
type Asking = Ready & { readonly n: number; readonly round: number };

/** An action that calls the world. */
export type CallingAction = Exclude<Action, { do: 'nothing' | 'wait' | 'give up' }>;

export interface WorkerParts {
  readonly ports: Ports;
  readonly store: EntityStore;
  readonly gatekeeper: Gatekeeper;
  readonly reporter: Reporter;
  readonly platformId: string;
  readonly instance: string;
}

const platformFailure = (
  name: string,
  reason: string,
  more: { happened?: Happened; retryAfterMs?: number } = {},
) => ({ known: true, name, retryAfterMs: 0, replayed: false, reason, ...more }) as const;

/**
 * Makes the calls of an operation, and brings what came of them back as events. `false`: nothing was
 * recorded, since somebody else was faster.
 */
export class OperationWorker {
  readonly #ports: Ports;
  readonly #store: EntityStore;
  readonly #gatekeeper: Gatekeeper;
  readonly #reporter: Reporter;
  readonly #platformId: string;
  readonly #instance: string;

  constructor(parts: WorkerParts) {
    this.#ports = parts.ports;
    this.#store = parts.store;
    this.#gatekeeper = parts.gatekeeper;
    this.#reporter = parts.reporter;
    this.#platformId = parts.platformId;
    this.#instance = parts.instance;
  }

  async giveUp(
    due: Due,
    { n, failure }: Action & { do: 'give up' },
    isStillDue: (operation: Operation) => boolean,
    span?: Span,
  ): Promise<boolean> {
    const recording = this.#recording(due, { n, span });
    return await this.#record(due, effectLog.givingUpOf(recording, failure, isStillDue));
  }

  /** Puts on record, once for each attempt, that the governor's word holds it. */
  async recordHold(
    due: Due,
    { n }: CallingAction,
    hold: Hold,
    { span, ...expected }: { until: number; kind: CallKind; span: Span },
  ): Promise<void> {
    await this.#record(due, effectLog.heldOf(this.#recording(due, { n, span }), hold, expected));
  }

  /**
   * Calls the world. There is leave for it: for one request. A hold: it was asked, and there is no leave for
   * the call that is to follow.
   */
  async act(due: Due, action: CallingAction, ready: Ready): Promise<boolean | Hold> {
    const asking = { n: action.n, round: action.round, ...ready };
    if (action.do === 'settle') return await this.#settle(due, action.by, asking);
    if (action.do === 'look up, then call') return await this.#lookUpThenCall(due, asking);
    const { rule } = due.effect;
    const span = attemptSpan(this.#ports.tracing, due, asking);
    if (rule.repeat.kind === 'keyed') return await this.#call(due, { ...asking, span }, rule.timeoutMs);
    return await this.#startThenCall(due, { ...asking, span });
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
  async #startThenCall(due: Due, asking: Asking): Promise<boolean> {
    const from = this.#ports.clock.now();
    const runner = runnerName(this.#instance, this.#ports.chance);
    const { dependency, timeoutMs } = due.effect.rule;
    if (!(await this.#record(due, effectLog.startOf(this.#recording(due, asking), runner)))) {
      this.#gatekeeper.giveBack(dependency, asking.kind);
      return false;
    }
    const left = timeoutMs - (this.#ports.clock.now() - from);
    if (left > 0) return await this.#call(due, asking, left);
    this.#gatekeeper.giveBack(dependency, asking.kind);
    const failure = platformFailure(
      'not_sent',
      'the start mark was stored too late for the call; nothing was sent',
      { happened: 'no' },
    );
    const { progress } = due.operation;
    return await this.#conclude(due, asking, { kind: 'failed', step: 'start', progress, failure });
  }

  /** The span of the attempt is the one of `asking`. */
  async #call(due: Due, asking: Asking, timeoutMs: number): Promise<boolean> {
    const { effect } = due;
    const context = this.#context(due, asking, timeoutMs);
    const { dependency } = effect.rule;
    const startMs = Math.max(0, this.#ports.clock.now() - asking.readyAt);
    this.#ports.metrics.record('refrain_call_start_seconds', startMs / 1_000, {
      dependency,
      kind: asking.kind,
    });
    const result = await this.#counted(due, asking.kind, () => attempt(context));
    endAttempt(asking.span, result, outcomeOf(effect, result));
    return await this.#conclude(due, asking, result);
  }

  /** Counts a call and what came of it: for the governor, and for who looks at the metrics. */
  async #counted(
    { effect }: Due,
    kind: CallKind,
    call: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    const { dependency } = effect.rule;
    const from = this.#ports.clock.now();
    this.#reporter.called(dependency, kind);
    const result = await call();
    const outcome = outcomeOf(effect, result);
    this.#reporter.answered(dependency, outcome, this.#ports.clock.now() - from);
    this.#ports.metrics.add('refrain_calls_total', 1, { dependency, effect: effect.name, kind, outcome });
    return result;
  }

  async #lookUpThenCall(due: Due, asking: Asking): Promise<boolean | Hold> {
    const result = await this.#ask(due, asking, 'lookup');
    if (result.kind !== 'answer') return await this.#conclude(due, asking, result);
    const never = due.effect.rule.neverHappened;
    if (result.answer === 'never' && never !== undefined)
      return await this.#record(due, effectLog.neverOf(this.#recording(due, asking), never));
    // The stored failure is all that the old key can give, and the provider knows of nothing: a new key is
    // safe.
    const leave = await this.#gatekeeper.ask(due.effect.rule.dependency, 'retry');
    if (!leave.go) return leave;
    const readyAt = this.#ports.clock.now();
    const next = { ...asking, round: asking.round + 1, kind: 'retry' as const, readyAt };
    const span = attemptSpan(this.#ports.tracing, due, next);
    return await this.#call(due, { ...next, span }, due.effect.rule.timeoutMs);
  }

  async #settle(due: Due, by: 'close' | 'lookup', asking: Asking): Promise<boolean> {
    const result = await this.#ask(due, asking, by);
    const { neverHappened, retry } = due.effect.rule;
    if (result.kind === 'answer' && result.answer === 'never' && neverHappened !== undefined)
      return await this.#record(due, effectLog.neverOf(this.#recording(due, asking), neverHappened));
    if (result.kind !== 'answer') return await this.#conclude(due, asking, result);
    const failure = platformFailure('not_found', 'the provider does not know it', {
      retryAfterMs: retry.maxDelayMs,
    });
    const { progress } = due.operation;
    return await this.#conclude(due, asking, { kind: 'failed', step: by, progress, failure });
  }

  async #ask(due: Due, asking: Asking, by: 'lookup' | 'close'): Promise<AttemptResult> {
    const span = attemptSpan(this.#ports.tracing, due, asking, by);
    const context = this.#context(due, { ...asking, span }, due.effect.rule.timeoutMs);
    const result = await this.#counted(due, asking.kind, () => ask(context, by));
    endAttempt(span, result, outcomeOf(due.effect, result));
    return result;
  }

  #context({ operation, effect }: Due, { round, span }: Asking, timeoutMs: number): AttemptContext {
    const { traceparent } = span;
    return { clock: this.#ports.clock, operation, effect, round, traceparent, timeoutMs };
  }

  async #conclude(due: Due, asking: Asking, result: AttemptResult): Promise<boolean> {
    const { n, round } = asking;
    const recording = this.#recording(due, asking);
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
    const call = { round, step, progress, now, ...this.#gatekeeper.wordOn(due.effect.rule.dependency) };
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

  #recording(
    { operation, effect }: Due,
    { n, span }: { n: number; span?: Span | undefined },
  ): effectLog.Recording {
    const trace = span?.traceparent ?? traceOf(operation);
    return { platformId: this.#platformId, effect, operationId: operation.id, n, trace };
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

function outcomeOf({ rule }: Effect, result: AttemptResult): CallOutcome {
  if (result.kind !== 'failed') return 'success';
  return result.failure.known ? (rule.failures[result.failure.name]?.class ?? 'transient') : 'defect';
}

const traceOf = ({ intent }: Operation): string => intent.trace ?? rootTrace(intent.correlation);
