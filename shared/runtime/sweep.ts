import { messageOf } from '@refrain/errors';
import { HOLD_MAX_MS } from './gatekeeper.ts';
import { isHeld, type Operation } from './operations.ts';
import { dueAtOf, type OpenOperations } from './open-operations.ts';
import type { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';
import { Wake } from './wake.ts';

export interface SweepOptions {
  /** Time between two sweeps, in milliseconds. Default 10_000. */
  readonly everyMs: number;
  /**
   * How long overdue an operation must be before its alarm is made again, in milliseconds. Default 30_000.
   */
  readonly overdueMs: number;
  /** Told after each sweep by how many milliseconds the oldest operation is overdue. Default: nobody is. */
  readonly onSwept?: (oldestOverdueMs: number) => void;
}

/** What a sweep found, and how many alarms it made again. */
export interface Swept {
  readonly open: number;
  readonly alarms: number;
}

/** How many times the overdue time an operation has for its first attempt. */
const UNTRIED_FACTOR = 10;

/**
 * An alarm that goes off within so many milliseconds, or has, is left as it is: no hold is longer, and clocks
 * differ.
 */
const SOON_MS = HOLD_MAX_MS + 15_000;

/**
 * Most operations that one sweep looks at: a backlog is not made worse by ringing for all of it. Those first
 * that were left alone longest, so that many who cannot be helped keep nobody from help.
 */
const LOOKS_MAX = 256;

/**
 * Makes alarms again from the log: whatever lost a schedule, a delivery or an acknowledgement, no open
 * operation is forgotten. An alarm more than needed changes nothing, since a firing asks the entity.
 */
export class Sweep {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #options: SweepOptions;
  readonly #open: OpenOperations;
  readonly #view: OwnLogView;
  readonly #wake: Wake;
  /** When an operation was last looked at here: until it changes, once per overdue time is enough. */
  readonly #looked = new WeakMap<Operation, number>();
  #stopped = false;

  constructor(ports: Ports, registry: Registry, view: OwnLogView, options: SweepOptions) {
    this.#ports = ports;
    this.#registry = registry;
    this.#options = options;
    this.#view = view;
    this.#open = view.operations;
    this.#wake = new Wake(ports.clock);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#trySweep();
      // Instances that started together do not sweep together.
      if (!this.#stopped) await this.#wake.sleep(this.#options.everyMs * (0.75 + this.#ports.chance() / 2));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  async #trySweep(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#ports.logger.warn({ error: messageOf(error) }, 'the sweep did not reach the log; it runs again');
    }
  }

  /** Sweeps once. */
  async sweep(): Promise<Swept> {
    await this.#view.catchUp();
    const now = this.#ports.clock.now();
    const overdue = [...this.#open.all()]
      .filter(({ operation }) => this.#goesOnByItself(operation.effect, operation.status))
      .map((open) => ({ ...open, aloneMs: now - this.#aloneSince(open.operation) }))
      .filter(({ aloneMs }) => aloneMs >= this.#options.overdueMs)
      .toSorted((a, b) => b.aloneMs - a.aloneMs)
      .slice(0, LOOKS_MAX);
    const oldestOverdueMs = this.#oldestOverdueMs(now);
    this.#options.onSwept?.(oldestOverdueMs);
    this.#ports.metrics.set('refrain_oldest_overdue_seconds', oldestOverdueMs / 1_000);
    let made = 0;
    for (const { entity, operation } of overdue) {
      if (this.#stopped) break;
      const { service, entityType, entityId } = entity;
      const alarm = { service, operation: operation.id, entityType, entityId };
      this.#looked.set(operation, now);
      // Held again and again it is overdue by the log, and its alarm is set all the same, or rang and is in
      // work. A second one would bring a second instance to it.
      const pendingAt = await this.#ports.schedules.pendingAt(alarm);
      if (pendingAt !== undefined && pendingAt <= now + SOON_MS) continue;
      await this.#ports.schedules.set(alarm, now);
      made++;
    }
    if (made > 0)
      this.#ports.logger.warn({ operations: made }, 'overdue operations were given their alarm again');
    return { open: [...this.#open.all()].length, alarms: made };
  }

  /**
   * How many operations of each dependency were held or failed before, and are due now: they come when their
   * alarm rings. Reads on first.
   */
  async parked(now: number): Promise<ReadonlyMap<string, number>> {
    await this.#view.catchUp();
    const counts = new Map<string, number>();
    for (const { operation } of this.#open.all()) {
      const comesBack = operation.n > 0 || isHeld(operation);
      if (!comesBack || !this.#goesOnByItself(operation.effect, operation.status)) continue;
      const dependency = this.#registry.effects.get(operation.effect)?.rule.dependency ?? '';
      if (dueAtOf(operation) <= now) counts.set(dependency, (counts.get(dependency) ?? 0) + 1);
    }
    return counts;
  }

  /** What the governor's word holds, and what waits for a person, is late for a reason. */
  #oldestOverdueMs(now: number): number {
    let oldest = now;
    for (const { operation } of this.#open.all()) {
      if (!isHeld(operation) && this.#goesOnByItself(operation.effect, operation.status))
        oldest = Math.min(oldest, dueAtOf(operation));
    }
    return now - oldest;
  }

  /** Since when it was due and nobody looked at it here, in milliseconds since 1970. */
  #aloneSince(operation: Operation): number {
    const { n, hurried, held } = operation;
    // One that was never attempted still has its delivery, which may only be waiting its turn.
    const turnMs = n === 0 && !hurried && !held ? UNTRIED_FACTOR * this.#options.overdueMs : 0;
    return Math.max(dueAtOf(operation) + turnMs, this.#looked.get(operation) ?? 0);
  }

  /** A defect, and an unknown outcome that nobody can be asked about, wait for a human. */
  #goesOnByItself(effectName: string, status: string): boolean {
    const effect = this.#registry.effects.get(effectName);
    if (!effect || status === 'defect') return false;
    return status === 'open' || effect.close !== undefined || effect.lookup !== undefined;
  }
}
