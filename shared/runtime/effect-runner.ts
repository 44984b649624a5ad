import { messageOf } from '@refrain/errors';
import { type Delivery, type Entity, type Firing, nameOf, parseType } from '@refrain/event-log';
import { type Carried, type Carrier, type Found, kindOf, settle } from './carrier.ts';
import { type Due, dueOf } from './due.ts';
import type { EntityState } from './entity-state.ts';
import type { EntityStore, Freshness } from './entity-store.ts';
import type { Gatekeeper, Hold } from './gatekeeper.ts';
import type { LoadMeter } from './load.ts';
import { type CallingAction, OperationWorker } from './operation-worker.ts';
import { carrierSpan, parkSpan } from './operation-spans.ts';
import { effectAfter, type Operation } from './operations.ts';
import type { Ports } from './ports.ts';
import type { RecoveryWatch } from './recovery-watch.ts';
import type { Registry } from './registry.ts';
import type { Reporter } from './reporter.ts';
import { spanErrorOf } from './traced.ts';
import { isDefect, pauseMsAfter } from './trouble.ts';
import { Wake } from './wake.ts';

/**
 * Waits below this many milliseconds stay with their delivery; longer ones are parked, so that nothing waits
 * behind them.
 */
const PARK_FROM_MS = 1_000;

/**
 * An intent that was stored longer ago than this, in milliseconds, is looked up anew although its delivery
 * says that it is the first: a durable that was created anew delivers what others have long done.
 */
const NEW_MS = 2_000;

/**
 * After a wait for leave that was longer than this, in milliseconds, the log is asked once more: another
 * instance, to which the same delivery came, may have called meanwhile.
 */
const LOOK_AGAIN_FROM_MS = 50;

/** How often the broker hears that a delivery is still worked on, in milliseconds. */
const WORKING_EVERY_MS = 10_000;

/**
 * Longest pause, in milliseconds, before an alarm that rang is looked at again by a machine whose clock is
 * behind.
 */
const BEHIND_MAX_MS = 30_000;

export interface EffectRunnerParts {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly store: EntityStore;
  readonly gatekeeper: Gatekeeper;
  readonly reporter: Reporter;
  readonly load: LoadMeter;
  readonly watch: RecoveryWatch;
  readonly platformId: string;
  readonly instance: string;
}

/**
 * Brings a service's open operations to the worker, and decides what becomes of the delivery that brought
 * them.
 */
export class EffectRunner {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #store: EntityStore;
  readonly #gatekeeper: Gatekeeper;
  readonly #load: LoadMeter;
  readonly #watch: RecoveryWatch;
  readonly #worker: OperationWorker;
  /** Operations that this process is at, so that a second delivery does not call beside the first. */
  readonly #running = new Map<string, Carrier>();
  readonly #wake: Wake;
  #stopped = false;

  constructor(parts: EffectRunnerParts) {
    this.#ports = parts.ports;
    this.#registry = parts.registry;
    this.#store = parts.store;
    this.#gatekeeper = parts.gatekeeper;
    this.#load = parts.load;
    this.#watch = parts.watch;
    this.#worker = new OperationWorker(parts);
    this.#wake = new Wake(parts.ports.clock);
  }

  /** A commit of the own log: each intent in it is an operation to be done. */
  async handle(delivery: Delivery): Promise<void> {
    const { commit } = delivery;
    const isIntent = (type: string): boolean => effectAfter(this.#registry.contract, type) !== undefined;
    if (!commit.types.some((type) => isIntent(parseType(type).type))) return delivery.ack();
    const intents = commit.body().events.filter((e) => e.operation !== undefined && isIntent(e.type));
    const isOld = this.#ports.clock.now() - commit.at > NEW_MS;
    const freshness: Freshness = delivery.redelivered || isOld ? 'fresh' : 'cached';
    const message = { operation: 'process', of: commit.entity, id: commit.id } as const;
    const waits = [];
    for (const { operation } of intents) {
      const id = operation as string;
      // The log has it, it was just delivered: a replica lags.
      const whenMissing = async (): Promise<number> => PARK_FROM_MS;
      const about = { entity: commit.entity, id, carrier: delivery, freshness, message };
      waits.push(await this.#carry({ ...about, whenMissing }));
    }
    settle(delivery, waits);
  }

  /** An alarm went off: it says nothing of its own, the entity is asked. */
  async fire(firing: Firing): Promise<void> {
    const { entityType, entityId, operation: id } = firing.alarm;
    const entity = { service: this.#registry.contract.service, entityType, entityId };
    // One that is given back came in time once: that it comes again later is no lateness of the broker.
    if (firing.dueAt !== undefined && !firing.redelivered)
      this.#load.fired(this.#ports.clock.now() - firing.dueAt);
    const whenMissing = (found: EntityState): Promise<number | undefined> => this.#isPhantom(entity, found);
    const of = { service: entity.service, alarm: id };
    const about = { entity, id, rangAt: firing.dueAt, message: { operation: 'process', of } } as const;
    const carried: Carried = { ...about, carrier: firing, freshness: 'fresh', whenMissing };
    settle(firing, [await this.#carry(carried)]);
  }

  /** An alarm of an operation that the log lost with its tail rings for nobody; the leader knows. */
  async #isPhantom(entity: Entity, found: EntityState): Promise<number | undefined> {
    const last = await this.#ports.log.last(entity);
    return last && last.seq > found.seq ? PARK_FROM_MS : undefined;
  }

  /**
   * Works on one operation until it is settled or parked. Returns the pause after which the carrier must come
   * again.
   */
  async #carry(carried: Carried): Promise<number | undefined> {
    const { entity, id, carrier } = carried;
    if (this.#running.has(id)) return PARK_FROM_MS;
    this.#running.set(id, carrier);
    try {
      const pause = await this.#work(carried);
      carried.span?.end();
      return pause;
    } catch (error) {
      carried.span?.end(spanErrorOf(error));
      const fields = { entity: nameOf(entity), operation: id, error: messageOf(error) };
      this.#ports.logger.warn(fields, 'operation given back');
      return pauseMsAfter(error, this.#ports.chance);
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

  async #work(carried: Carried): Promise<number | undefined> {
    const { entity, id, whenMissing } = carried;
    let known = carried.freshness;
    for (;;) {
      const from = this.#ports.clock.now();
      let found = await this.#look(entity, known);
      let operation = found.operations.get(id);
      // What stood in the cache is trusted for a first attempt only: others may have gone on from there.
      if (known !== 'fresh' && (!operation || operation.n > 0)) {
        found = await this.#look(entity, 'fresh');
        operation = found.operations.get(id);
      }
      if (!operation) return await whenMissing(found);
      const span = (carried.span ??= carrierSpan(this.#ports.tracing, operation, carried));
      const flow = operation.intent.correlation;
      const pause = await this.#step(found, operation, { ...carried, span, flow }, from);
      if (pause !== 'go on') return pause;
      known = 'fresh';
    }
  }

  /** Does what is to be done now. `go on`: something was recorded, look again. */
  async #step(
    found: EntityState,
    operation: Operation,
    carried: Found,
    from: number,
  ): Promise<number | undefined | 'go on'> {
    try {
      const due = this.#dueOf(found, operation);
      const { action } = due;
      if (action.do === 'nothing') return undefined;
      if (action.do === 'wait') return await this.#park(carried, action.until);
      // Where nothing was recorded somebody else was faster: a moment later it shows who.
      if (action.do === 'give up') {
        const isStillDue = (now: Operation): boolean => this.#dueOf(found, now).action.do === 'give up';
        return (await this.#worker.giveUp(due, action, isStillDue, carried.span)) ? 'go on' : PARK_FROM_MS;
      }
      return await this.#callWithLeave(due, action, carried, from);
    } catch (error) {
      if (!isDefect(error)) throw error;
      await this.#worker.recordDefect(found, operation, error);
      return undefined;
    }
  }

  async #callWithLeave(
    due: Due,
    action: CallingAction,
    carried: Found,
    from: number,
  ): Promise<number | undefined | 'go on'> {
    const { dependency } = due.effect.rule;
    const kind = kindOf(due.operation, carried.carrier);
    const askedAt = this.#ports.clock.now();
    const permission = await this.#gatekeeper.ask(dependency, kind);
    const waitedMs = this.#ports.clock.now() - askedAt;
    const leave = permission.go ? 'granted' : permission.hold;
    this.#ports.metrics.add('refrain_leaves_total', 1, { dependency, kind, leave });
    if (!permission.go) return await this.#hold(due, action, permission, carried);
    const still = await this.#stillDue(due, action, waitedMs).catch((error: unknown) => {
      this.#gatekeeper.giveBack(dependency, kind);
      throw error;
    });
    if (!still) {
      this.#gatekeeper.giveBack(dependency, kind);
      return 'go on';
    }
    const done = await this.#worker.act(still, action, {
      kind,
      readyAt: from + waitedMs,
      span: carried.span,
    });
    if (typeof done !== 'boolean') return await this.#hold(due, action, done, carried);
    return done ? 'go on' : PARK_FROM_MS;
  }

  /** Waiting for leave took time, which may have changed what is to be done; `undefined` if it has. */
  async #stillDue(due: Due, action: CallingAction, waitedMs: number): Promise<Due | undefined> {
    const entity = waitedMs > LOOK_AGAIN_FROM_MS ? await this.#look(due.entity.entity, 'fresh') : due.entity;
    const now = this.#dueOf(entity, entity.operations.get(due.operation.id) ?? due.operation);
    return now.action.do === action.do && now.operation.n === due.operation.n ? now : undefined;
  }

  async #hold(due: Due, action: CallingAction, hold: Hold, carried: Found): Promise<number | undefined> {
    const until = this.#ports.clock.now() + hold.forMs;
    const { span, carrier } = carried;
    span.set({ 'refrain.held': hold.hold, 'refrain.word': hold.word, 'refrain.epoch': hold.epoch });
    await this.#worker.recordHold(due, action, hold, { until, kind: kindOf(due.operation, carrier), span });
    return await this.#park(carried, until);
  }

  #dueOf(entity: EntityState, operation: Operation): Due {
    const now = this.#ports.clock.now();
    return dueOf(this.#registry, entity, operation, { now, ...this.#watch.doubtOf(operation) });
  }

  /**
   * Leaves an unsafe operation to a person where a recovery does not know whether it happened. It calls
   * nobody.
   */
  async parkInDoubt(entity: Entity, id: string): Promise<void> {
    for (;;) {
      const found = await this.#look(entity, 'fresh');
      const operation = found.operations.get(id);
      if (!operation || !this.#watch.doubtOf(operation).inDoubt) return;
      const due = this.#dueOf(found, operation);
      if (due.effect.rule.repeat.kind !== 'unsafe' || due.action.do !== 'give up') return;
      await this.#worker.giveUp(due, due.action, (now) => this.#watch.doubtOf(now).inDoubt);
    }
  }

  async #look({ entityType, entityId }: Entity, freshness: Freshness): Promise<EntityState> {
    const { entity } = await this.#store.change(entityType, entityId, freshness, () => undefined);
    return entity;
  }

  /** Parks what is due later: the alarm first, then the acknowledgement; nothing waits behind it. */
  async #park({ entity, id, rangAt, span, flow }: Found, until: number): Promise<number | undefined> {
    const now = this.#ports.clock.now();
    const ms = Math.max(1, until - now);
    span.set({ 'refrain.due_at': new Date(until).toISOString() });
    if (ms < PARK_FROM_MS) return ms;
    // It rang before its time by this clock, so this clock is behind: what is set to a time that is over at
    // the broker rings at once, again and again.
    if (rangAt !== undefined && rangAt > now) return Math.min(ms, BEHIND_MAX_MS);
    const { service, entityType, entityId } = entity;
    const set = parkSpan(this.#ports.tracing, { service, alarm: id }, flow, span);
    await this.#ports.schedules.set({ service, operation: id, entityType, entityId }, until);
    set.end();
    return undefined;
  }
}
