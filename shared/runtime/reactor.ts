import { cause as causes } from '@refrain/contract-kit';
import { isRefrainError, messageOf } from '@refrain/errors';
import { type Delivery, parseType, type RecordedEvent, streamOf } from '@refrain/event-log';
import type { Reaction } from './definition.ts';
import { decideCommand, platformEvent, recorded } from './decision.ts';
import type { EntityStore } from './entity-store.ts';
import type { Ports } from './ports.ts';
import { INTAKE, type Registry } from './registry.ts';
import { rootTrace } from './trace-context.ts';

/** How long an event of a version that this build does not know waits before it is tried again, in milliseconds. */
export const NEWER_DELAY_MS = 5_000;

/** The pause before a delivery that met a conflict or a silent broker is tried again, in milliseconds: 50 to 250. */
export const conflictPauseMs = (chance: () => number): number => 50 + Math.floor(chance() * 200);

interface Defect {
  readonly entityType: string;
  readonly entityId: string;
  readonly cause: string;
  readonly reaction: string;
  readonly correlation: string;
  readonly trace: string;
  readonly error: unknown;
}

/** Decides what other services' events (and the own hot entities' answers) mean for this service's entities. */
export class Reactor {
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

  /** receive -> decode, upcast -> per reaction: handled? skip -> decide -> one commit per entity -> ack after the last. */
  async handle(delivery: Delivery): Promise<void> {
    const { commit } = delivery;
    const byType = this.#registry.reactions.get(commit.entity.service);
    const heard = commit.types.map(parseType).filter(({ type }) => byType?.has(type));
    if (!byType || heard.length === 0) return delivery.ack();
    const newer = heard.find(({ type, version }) => version > (byType.get(type)?.[0]?.event.version ?? 0));
    if (newer) return this.#waitForNewer(delivery, newer);
    try {
      for (const event of commit.body().events)
        for (const reaction of byType.get(event.type) ?? []) await this.#react(reaction, event, delivery);
      delivery.ack();
    } catch (error) {
      await this.#failed(delivery, error);
    }
  }

  async #react(reaction: Reaction, event: RecordedEvent, delivery: Delivery): Promise<void> {
    const cause = causes.event(event.id);
    const trace = event.trace ?? rootTrace(event.correlation);
    const where = { cause, reaction: reaction.name, correlation: event.correlation };
    let target = { entityType: INTAKE, entityId: delivery.commit.entity.service };
    const span = this.#ports.tracing.start(`${this.#registry.contract.service}: ${reaction.name}`, trace, {
      'refrain.correlation': event.correlation,
      'refrain.event': event.type,
    });
    try {
      const command = reaction.toCommand(reaction.event.parse(event.version, event.data));
      target = command;
      const because = { ...where, trace: span.traceparent };
      await this.#store.change(
        command.entityType,
        command.entityId,
        delivery.redelivered ? 'cached' : 'guess',
        (entity) =>
          entity.isHandled(cause, reaction.name)
            ? undefined
            : decideCommand(this.#platformId, entity, command, because),
      );
      span.end();
    } catch (error) {
      span.end(messageOf(error));
      if (isTransient(error)) throw error;
      await this.#recordDefect({ ...target, ...where, trace, error }, delivery);
    }
  }

  /** A dead letter is an event of the entity it was meant for; the entity's other causes go on. */
  async #recordDefect(defect: Defect, { commit }: Delivery): Promise<void> {
    const { entityType, entityId, cause, reaction, correlation, trace, error } = defect;
    const data = {
      cause,
      reaction,
      source: { stream: streamOf(commit.entity.service), seq: commit.seq },
      error: messageOf(error),
    };
    this.#ports.logger.error(
      { entity: `${entityType}/${entityId}`, correlation, cause, reaction, error: data.error },
      'dead letter',
    );
    await this.#store.change(entityType, entityId, 'fresh', (entity) =>
      entity.isHandled(cause, reaction)
        ? undefined
        : recorded(this.#platformId, entity, { cause, reaction, correlation, trace }, [
            platformEvent('refrain.Defect', data),
          ]),
    );
  }

  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    const { commit } = delivery;
    if (isRefrainError(error, 'RF_COMMIT_INVALID')) {
      // It cannot be read, so nobody knows for which entity it was meant: it lies with its source.
      const cause = `unreadable:${streamOf(commit.entity.service)}:${commit.seq}`;
      const correlation = commit.entity.entityId;
      const target = { entityType: INTAKE, entityId: commit.entity.service };
      await this.#recordDefect(
        { ...target, cause, reaction: 'read', correlation, trace: rootTrace(correlation), error },
        delivery,
      );
      return delivery.ack();
    }
    this.#ports.logger.warn(
      { entity: commit.entity.entityId, error: messageOf(error) },
      'delivery given back',
    );
    delivery.nak(
      isRefrainError(error, 'RF_EVENT_NEWER') ? NEWER_DELAY_MS : conflictPauseMs(this.#ports.chance),
    );
  }

  #waitForNewer(delivery: Delivery, { type, version }: { type: string; version: number }): void {
    this.#ports.logger.warn({ event: type, version }, 'waits for a newer build of this service');
    delivery.nak(NEWER_DELAY_MS);
  }
}

/** Failures of the log, not of the event: the delivery comes again. Everything else is a defect. */
export const isTransient = (error: unknown): boolean =>
  isRefrainError(error, 'RF_APPEND_CONFLICT') ||
  isRefrainError(error, 'RF_APPEND_UNKNOWN') ||
  isRefrainError(error, 'RF_EVENT_NEWER') ||
  isRefrainError(error, 'RF_UNREACHABLE');
