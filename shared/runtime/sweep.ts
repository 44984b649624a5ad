import { messageOf } from '@refrain/errors';
import { Follower } from './follower.ts';
import { dueAtOf, OpenOperations } from './open-operations.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';
import { Wake } from './wake.ts';

export interface SweepOptions {
  /** Time between two sweeps, in milliseconds. Default 10_000. */
  readonly everyMs: number;
  /** How long overdue an operation must be before its alarm is made again, in milliseconds. Default 30_000. */
  readonly overdueMs: number;
}

/**
 * Makes alarms again from the log: whatever lost a schedule, a delivery or an acknowledgement, no open operation is
 * forgotten. An alarm more than needed changes nothing, since a firing asks the entity.
 */
export class Sweep {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #options: SweepOptions;
  readonly #open: OpenOperations;
  readonly #follower: Follower;
  readonly #wake: Wake;
  /** When an operation's alarm was last made here: once per overdue time is enough. */
  readonly #made = new Map<string, number>();
  #stopped = false;

  constructor(ports: Ports, registry: Registry, options: SweepOptions) {
    this.#ports = ports;
    this.#registry = registry;
    this.#options = options;
    this.#open = new OpenOperations(registry.contract);
    this.#follower = new Follower(ports, registry.contract.service, this.#open, { everyMs: options.everyMs });
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
    this.#follower.stop();
    this.#wake.wake();
  }

  async #trySweep(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#ports.logger.warn({ error: messageOf(error) }, 'the sweep did not reach the log; it runs again');
    }
  }

  /** Sweeps once; returns how many alarms were made again. */
  async sweep(): Promise<number> {
    await this.#follower.catchUp();
    const now = this.#ports.clock.now();
    for (const [id, at] of this.#made) if (now - at >= this.#options.overdueMs) this.#made.delete(id);
    let made = 0;
    for (const { entity, operation } of this.#open.all()) {
      if (!this.#goesOnByItself(operation.effect, operation.status)) continue;
      if (now - dueAtOf(operation) < this.#options.overdueMs || this.#made.has(operation.id)) continue;
      const { service, entityType, entityId } = entity;
      await this.#ports.schedules.set({ service, operation: operation.id, entityType, entityId }, now);
      this.#made.set(operation.id, now);
      made++;
    }
    if (made > 0)
      this.#ports.logger.warn({ operations: made }, 'overdue operations were given their alarm again');
    return made;
  }

  /** A defect, and an unknown outcome that nobody can be asked about, wait for a human. */
  #goesOnByItself(effectName: string, status: string): boolean {
    const effect = this.#registry.effects.get(effectName);
    if (!effect || status === 'defect') return false;
    return status === 'open' || effect.close !== undefined || effect.lookup !== undefined;
  }
}
