import { Bug, isRefrainError, messageOf } from '@refrain/errors';
import { type Delivery, type Entity, type Firing, nameOf, parseType } from '@refrain/event-log';
import {
  type AttemptContext,
  type AttemptResult,
  ask,
  attempt,
  type Failure,
  runnerName,
} from './attempt.ts';
import type { Effect } from './definition.ts';
import * as effectLog from './effect-log.ts';
import type { EntityState } from './entity-state.ts';
import type { Changed, EntityStore, Freshness, Propose } from './entity-store.ts';
import { type Action, nextAction } from './next-action.ts';
import { effectAfter, type Operation } from './operations.ts';
import type { Ports } from './ports.ts';
import { conflictPauseMs, isTransient, NEWER_DELAY_MS } from './reactor.ts';
import type { Registry } from './registry.ts';
import { rootTrace } from './trace-context.ts';
import { Wake } from './wake.ts';

/** Waits below this many milliseconds stay with their delivery; longer ones are parked, so that nothing waits behind them. */
export const PARK_FROM_MS = 1_000;

/** How often the broker hears that a delivery is still worked on, in milliseconds. */
const WORKING_EVERY_MS = 10_000;

/** How often an outcome is brought to the log before its carrier is given back; each try waits for the broker by itself. */
const RECORD_TRIES = 10;

/** A delivery or a firing: whatever brought the operation here. */
type Carrier = Pick<Delivery | Firing, 'ack' | 'nak' | 'working' | 'redelivered'>;

interface Due {
  readonly entity: EntityState;
  readonly operation: Operation;
  readonly effect: Effect;
  readonly action: Action;
}

/** Calls the world for a service's open operations, and brings what came of it back as events. */
export class EffectRunner {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #store: EntityStore;
  readonly #platformId: string;
  readonly #instance: string;
  /** Operations that this process is at, so that a second delivery does not call beside the first. */
  readonly #running = new Map<string, Carrier>();
  readonly #wake: Wake;
  #stopped = false;

  constructor(
    ports: Ports,
    registry: Registry,
    store: EntityStore,
    names: { platformId: string; instance: string },
  ) {
    this.#ports = ports;
    this.#registry = registry;
    this.#store = store;
    this.#platformId = names.platformId;
    this.#instance = names.instance;
    this.#wake = new Wake(ports.clock);
  }

  /** A commit of the own log: each intent in it is an operation to be done. */
  async handle(delivery: Delivery): Promise<void> {
    const { commit } = delivery;
    const isIntent = (type: string): boolean => effectAfter(this.#registry.contract, type) !== undefined;
    if (!commit.types.some((type) => isIntent(parseType(type).type))) return delivery.ack();
    const intents = commit.body().events.filter((e) => e.operation !== undefined && isIntent(e.type));
    const waits = [];
    for (const { operation } of intents)
      waits.push(
        await this.#carry(
          commit.entity,
          operation as string,
          delivery,
          delivery.redelivered ? 'fresh' : 'cached',
        ),
      );
    settle(delivery, waits);
  }

  /** An alarm went off: it says nothing of its own, the entity is asked. */
  async fire(firing: Firing): Promise<void> {
    const { entityType, entityId, operation } = firing.alarm;
    const entity = { service: this.#registry.contract.service, entityType, entityId };
    settle(firing, [await this.#carry(entity, operation, firing, 'fresh')]);
  }

  /** Works on one operation until it is settled or parked. Returns the pause after which the carrier must come again. */
  async #carry(
    entity: Entity,
    id: string,
    carrier: Carrier,
    freshness: Freshness,
  ): Promise<number | undefined> {
    if (this.#running.has(id)) return PARK_FROM_MS;
    this.#running.set(id, carrier);
    try {
      return await this.#work(entity, id, freshness);
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#ports.logger.warn(
        { entity: nameOf(entity), operation: id, error: messageOf(error) },
        'operation given back',
      );
      return isRefrainError(error, 'RF_EVENT_NEWER') ? NEWER_DELAY_MS : conflictPauseMs(this.#ports.chance);
    } finally {
      this.#running.delete(id);
    }
  }

  /** Tells the broker, now and then, what is still worked on. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#wake.sleep(WORKING_EVERY_MS);
      for (const carrier of this.#running.values()) carrier.working();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  async #work(entity: Entity, id: string, freshness: Freshness): Promise<number | undefined> {
    let known: Freshness = freshness;
    for (;;) {
      let due = await this.#due(entity, id, known);
      // What stood in the cache is trusted for a first attempt only: others may have gone on from there.
      if (due && due.operation.n > 0 && known !== 'fresh') due = await this.#due(entity, id, 'fresh');
      if (!due) return PARK_FROM_MS; // a replica that lags does not know the intent yet
      if (due.action.do === 'nothing') return undefined;
      if (due.action.do === 'wait') return await this.#wait(due.operation, entity, due.action.until);
      await this.#act(due);
      known = 'fresh';
    }
  }

  async #due(entity: Entity, id: string, freshness: Freshness): Promise<Due | undefined> {
    let found = await this.#look(entity, freshness);
    let operation = found.operations.get(id);
    if (!operation) {
      found = await this.#look(entity, 'fresh');
      operation = found.operations.get(id);
    }
    if (!operation) return undefined;
    const effect = this.#registry.effects.get(operation.effect) as Effect;
    const action = nextAction(operation, effect.rule, {
      now: this.#ports.clock.now(),
      wanted: effect.wanted(found.state),
      canClose: effect.close !== undefined,
      canLookUp: effect.lookup !== undefined,
    });
    return { entity: found, operation, effect, action };
  }

  async #look({ entityType, entityId }: Entity, freshness: Freshness): Promise<EntityState> {
    const { entity } = await this.#store.change(entityType, entityId, freshness, () => undefined);
    return entity;
  }

  /** Parks what is due later: the alarm first, then the acknowledgement; nothing waits behind it. */
  async #wait(operation: Operation, entity: Entity, until: number): Promise<number | undefined> {
    const ms = Math.max(1, until - this.#ports.clock.now());
    if (ms < PARK_FROM_MS) return ms;
    const { service, entityType, entityId } = entity;
    await this.#ports.schedules.set({ service, operation: operation.id, entityType, entityId }, until);
    return undefined;
  }

  async #act(due: Due): Promise<void> {
    const { action, effect, operation } = due;
    if (action.do === 'give up')
      return this.#record(due, effectLog.givingUpOf(this.#recording(due, action.n), action.failure));
    if (action.do === 'settle') return this.#settle(due, action);
    if (action.do === 'look up, then call') return this.#lookUpThenCall(due, action);
    if (action.do !== 'call') throw new Bug(`no way to ${action.do}`);
    if (effect.rule.repeat.kind === 'keyed')
      return this.#call(due, action.n, action.round, effect.rule.timeoutMs);
    // Unsafe: the time runs from before the mark's first publish, and only who appended the mark may call.
    const from = this.#ports.clock.now();
    const runner = runnerName(this.#instance, this.#ports.chance);
    const recording = this.#recording(due, action.n);
    const { events } = await this.#append(due, effectLog.startOf(recording, runner));
    if (events.length === 0) return;
    const left = effect.rule.timeoutMs - (this.#ports.clock.now() - from);
    if (left > 0) return this.#call(due, action.n, action.round, left);
    const reason = 'the start mark was stored too late for the call; nothing was sent';
    const failure = {
      known: true,
      name: 'not_sent',
      happened: 'no',
      retryAfterMs: 0,
      replayed: false,
      reason,
    } as const;
    await this.#conclude(due, action.n, action.round, {
      kind: 'failed',
      step: 'start',
      progress: operation.progress,
      failure,
    });
  }

  async #call(due: Due, n: number, round: number, timeoutMs: number): Promise<void> {
    const { operation, effect } = due;
    const span = this.#ports.tracing.start(`${effect.rule.dependency}: ${effect.name}`, traceOf(operation), {
      'refrain.correlation': operation.intent.correlation,
      'refrain.operation': operation.id,
      'refrain.attempt': n,
    });
    const result = await attempt(this.#context(due, round, span.traceparent, timeoutMs));
    span.end(result.kind === 'failed' ? result.failure.reason : undefined);
    await this.#conclude(due, n, round, result);
  }

  #context(
    { operation, effect }: Due,
    round: number,
    traceparent: string,
    timeoutMs: number,
  ): AttemptContext {
    return { clock: this.#ports.clock, operation, effect, round, traceparent, timeoutMs };
  }

  async #lookUpThenCall(due: Due, { n, round }: { n: number; round: number }): Promise<void> {
    const result = await this.#ask(due, round, 'lookup');
    if (result.kind !== 'answer') return this.#conclude(due, n, round, result);
    const never = due.effect.rule.neverHappened;
    if (result.answer === 'never' && never !== undefined)
      return this.#record(due, effectLog.neverOf(this.#recording(due, n), never));
    // The stored failure is all that the old key can give, and the provider knows of nothing: a new key is safe.
    await this.#call(due, n, round + 1, due.effect.rule.timeoutMs);
  }

  async #settle(
    due: Due,
    { by, n, round }: { by: 'close' | 'lookup'; n: number; round: number },
  ): Promise<void> {
    const result = await this.#ask(due, round, by);
    const never = due.effect.rule.neverHappened;
    if (result.kind === 'answer' && result.answer === 'never' && never !== undefined)
      return this.#record(due, effectLog.neverOf(this.#recording(due, n), never));
    if (result.kind !== 'answer') return this.#conclude(due, n, round, result);
    const failure = {
      known: true,
      name: 'not_found',
      retryAfterMs: due.effect.rule.retry.maxDelayMs,
      replayed: false,
      reason: 'the provider does not know it',
    } as const;
    await this.#conclude(due, n, round, {
      kind: 'failed',
      step: by,
      progress: due.operation.progress,
      failure,
    });
  }

  #ask(due: Due, round: number, by: 'lookup' | 'close'): Promise<AttemptResult> {
    return ask(this.#context(due, round, traceOf(due.operation), due.effect.rule.timeoutMs), by);
  }

  async #conclude(due: Due, n: number, round: number, result: AttemptResult): Promise<void> {
    const recording = this.#recording(due, n);
    if (result.kind === 'success')
      return this.#record(due, effectLog.successOf(recording, result.command, result.verdict));
    if (result.kind === 'answer') throw new Bug('an answer is no conclusion');
    const { step, progress, failure } = result;
    this.#tell(due, n, failure);
    if (!failure.known) return this.#record(due, effectLog.defectOf(recording, failure.reason));
    const rule = due.effect.rule.failures[failure.name];
    if (rule?.class === 'rejected')
      return this.#record(due, effectLog.refusalOf(recording, failure.name, rule));
    await this.#record(
      due,
      effectLog.failureOf(recording, { round, step, progress, now: this.#ports.clock.now() }, failure),
    );
  }

  #tell({ operation, effect }: Due, n: number, failure: Failure): void {
    const fields = {
      operation: operation.id,
      effect: effect.name,
      attempt: n,
      correlation: operation.intent.correlation,
    };
    if (failure.known)
      this.#ports.logger.warn({ ...fields, failure: failure.name, reason: failure.reason }, 'attempt failed');
    else this.#ports.logger.error({ ...fields, reason: failure.reason }, 'defect of an effect');
  }

  #recording({ operation, effect }: Due, n: number): effectLog.Recording {
    return { platformId: this.#platformId, effect, operationId: operation.id, n, trace: traceOf(operation) };
  }

  async #record(due: Due, propose: Propose): Promise<void> {
    await this.#append(due, propose);
  }

  /** What came of a call is not given up easily: while this process lives, nobody else knows it. */
  async #append({ entity }: Due, propose: Propose): Promise<Changed> {
    const { entityType, entityId } = entity.entity;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#store.change(entityType, entityId, 'cached', propose);
      } catch (error) {
        if (!isTransient(error) || tries === RECORD_TRIES) throw error;
        await this.#ports.clock.sleep(conflictPauseMs(this.#ports.chance));
      }
    }
  }
}

const traceOf = ({ intent }: Operation): string => intent.trace ?? rootTrace(intent.correlation);

function settle(carrier: Carrier, waits: readonly (number | undefined)[]): void {
  const pauses = waits.filter((ms) => ms !== undefined);
  if (pauses.length === 0) carrier.ack();
  else carrier.nak(Math.min(...pauses));
}
