import { cause as causes, rootTrace } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { isRefrainError, messageOf } from '@refrain/errors';
import { type Delivery, nameOf, parseType, type RecordedEvent, streamOf } from '@refrain/event-log';
import type { DeadLetters } from './dead-letters.ts';
import { decideOnce, reasonOf, Undecidable } from './decision.ts';
import type { Reaction } from './definition.ts';
import type { EntityState } from './entity-state.ts';
import type { EntityStore } from './entity-store.ts';
import { caughtByCause } from './measured.ts';
import type { NewerEvents } from './newer-events.ts';
import type { Ports } from './ports.ts';
import { INTAKE, type Registry } from './registry.ts';
import { reactionSpan, spanErrorOf } from './traced.ts';
import { isDefect, NEWER_DELAY_MS, pauseMsAfter } from './trouble.ts';

/** What reactions and deadlines are handled with. */
export interface ReactorParts {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly store: EntityStore;
  readonly deadLetters: DeadLetters;
  readonly platformId: string;
  readonly newer: NewerEvents;
}

/**
 * Decides what other services' events (and the own hot entities' answers) mean for this service's entities.
 */
export class Reactor {
  readonly #parts: ReactorParts;

  constructor(parts: ReactorParts) {
    this.#parts = parts;
  }

  /**
   * receive -> decode, upcast -> per reaction: handled? skip -> decide -> one commit per entity -> ack after
   * the last.
   */
  async handle(delivery: Delivery): Promise<void> {
    const { commit } = delivery;
    const byType = this.#parts.registry.reactions.get(commit.entity.service);
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
    const { ports, store, platformId, deadLetters } = this.#parts;
    const { commit } = delivery;
    const cause = causes.event(event.id);
    const where = { cause, reaction: reaction.name, correlation: event.correlation };
    let target = { entityType: INTAKE, entityId: commit.entity.service };
    const span = reactionSpan(ports.tracing, event, reaction.name, delivery);
    const because = { ...where, trace: span.traceparent };
    try {
      const command = commandOf(reaction, event);
      target = command;
      const propose = (entity: EntityState): RecordedEvent[] | undefined =>
        decideOnce(platformId, entity, command, because);
      const { entityType, entityId } = command;
      const guessed = await store.change(
        entityType,
        entityId,
        delivery.redelivered ? 'fresh' : 'guess',
        propose,
      );
      // "Handled" is never taken from memory alone: the log may have lost its tail.
      if (guessed.events.length === 0) {
        const { events } = await store.change(entityType, entityId, 'fresh', propose);
        if (events.length === 0) caughtByCause(ports.metrics, guessed, span);
      }
      span.end();
    } catch (error) {
      span.end(spanErrorOf(error));
      if (!isDefect(error)) throw error;
      const source = { stream: streamOf(commit.entity.service), seq: commit.seq };
      await deadLetters.record({ ...target, ...because, source, event, error }, commit.entity.service);
    }
  }

  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    const { ports, deadLetters } = this.#parts;
    const { entity, seq } = delivery.commit;
    if (!isRefrainError(error, 'RF_COMMIT_INVALID')) {
      ports.logger.warn({ entity: nameOf(entity), error: messageOf(error) }, 'delivery given back');
      return delivery.nak(pauseMsAfter(error, ports.chance));
    }
    // It cannot be read, so nobody knows for which entity it was meant: it lies with its source.
    const source = { stream: streamOf(entity.service), seq };
    const correlation = entity.entityId;
    const because = {
      cause: causes.unreadable(source.stream, seq),
      reaction: 'read',
      correlation,
      trace: rootTrace(correlation),
    };
    const letter = { entityType: INTAKE, entityId: entity.service, ...because, source, error };
    await deadLetters.record(letter, entity.service);
    delivery.ack();
  }

  #waitForNewer(delivery: Delivery, { type, version }: { type: string; version: number }): void {
    const { ports, newer } = this.#parts;
    newer.note(delivery.commit.entity.service, { type, version }, ports.clock.now());
    ports.logger.warn({ event: type, version }, 'waits for a newer build of this service');
    delivery.nak(NEWER_DELAY_MS);
  }
}

/** The command that an event leads to. What goes wrong here will go wrong again. */
export function commandOf(reaction: Pick<Reaction, 'event' | 'toCommand'>, event: RecordedEvent): Command {
  const data: unknown = reaction.event.parse(event.version, event.data);
  try {
    return reaction.toCommand(data);
  } catch (error) {
    throw new Undecidable(reasonOf(error), { cause: error });
  }
}
