import { cause as causes } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import { type Delivery, nameOf, parseType } from '@refrain/event-log';
import { decideCommand } from './decision.ts';
import type { EntityStore } from './entity-store.ts';
import type { Ports } from './ports.ts';
import { conflictPauseMs, isTransient, NEWER_DELAY_MS } from './reactor.ts';
import type { Registry } from './registry.ts';
import { rootTrace } from './trace-context.ts';

/** Longest time a delivery is put off at once, in milliseconds: a shorter span set meanwhile is noticed within it. */
const HOLD_MAX_MS = 60_000;

/** Lets the oldest event wait in its durable until it is due: log order is due order, so memory stays constant. */
export class Deadlines {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #store: EntityStore;
  readonly #platformId: string;

  constructor(ports: Ports, registry: Registry, store: EntityStore, platformId: string) {
    this.#ports = ports;
    this.#registry = registry;
    this.#store = store;
    this.#platformId = platformId;
  }

  async handle(delivery: Delivery): Promise<void> {
    const { commit } = delivery;
    const { deadlines } = this.#registry;
    const types = commit.types.map((text) => parseType(text).type);
    const due = deadlines.filter((d) => types.includes(d.after.type));
    if (due.length === 0) return delivery.ack();
    const now = this.#ports.clock.now();
    const waits = due.map((d) => commit.at + d.afterMs - now).filter((ms) => ms > 0);
    try {
      for (const d of due) if (commit.at + d.afterMs <= now) await this.#expire(d, delivery);
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#ports.logger.warn(
        { entity: nameOf(commit.entity), error: messageOf(error) },
        'deadline given back',
      );
      return delivery.nak(isTransient(error) ? conflictPauseMs(this.#ports.chance) : NEWER_DELAY_MS);
    }
    if (waits.length === 0) delivery.ack();
    else delivery.nak(Math.min(HOLD_MAX_MS, ...waits));
  }

  async #expire(deadline: Registry['deadlines'][number], { commit }: Delivery): Promise<void> {
    const { entityType, entityId } = commit.entity;
    const cause = causes.deadline(entityType, entityId, deadline.name);
    for (const event of commit.body().events) {
      if (event.type !== deadline.after.type) continue;
      const command = deadline.toCommand(deadline.after.parse(event.version, event.data));
      const trace = event.trace ?? rootTrace(event.correlation);
      const because = { cause, reaction: command.name, correlation: event.correlation, trace };
      await this.#store.change(entityType, entityId, 'cached', (entity) =>
        entity.isHandled(cause, command.name)
          ? undefined
          : decideCommand(this.#platformId, entity, command, because),
      );
    }
  }
}
