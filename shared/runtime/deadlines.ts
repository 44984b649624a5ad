import { cause as causes } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import { type Delivery, nameOf, parseType, type RecordedEvent, streamOf } from '@refrain/event-log';
import { decideOnce } from './decision.ts';
import type { Deadline } from './definition.ts';
import { commandOf, type ReactorParts } from './reactor.ts';
import { reactionSpan, spanErrorOf } from './traced.ts';
import { isDefect, pauseMsAfter } from './trouble.ts';

/**
 * Longest time a delivery is put off at once, in milliseconds: a shorter span set meanwhile is noticed within
 * it.
 */
const HOLD_MAX_MS = 60_000;

/**
 * Lets the oldest event wait in its durable until it is due: log order is due order, so memory stays
 * constant.
 */
export class Deadlines {
  readonly #parts: ReactorParts;

  constructor(parts: ReactorParts) {
    this.#parts = parts;
  }

  async handle(delivery: Delivery): Promise<void> {
    const { ports, registry } = this.#parts;
    const { commit } = delivery;
    const types = new Set(commit.types.map((text) => parseType(text).type));
    const set = registry.deadlines.filter((d) => types.has(d.after.type));
    if (set.length === 0) return delivery.ack();
    const now = ports.clock.now();
    const waits = set.map((d) => commit.at + d.afterMs - now).filter((ms) => ms > 0);
    try {
      for (const d of set) if (commit.at + d.afterMs <= now) await this.#pass(d, delivery);
    } catch (error) {
      ports.logger.warn({ entity: nameOf(commit.entity), error: messageOf(error) }, 'deadline given back');
      return delivery.nak(pauseMsAfter(error, ports.chance));
    }
    if (waits.length === 0) delivery.ack();
    else delivery.nak(Math.min(HOLD_MAX_MS, ...waits));
  }

  async #pass(deadline: Deadline, delivery: Delivery): Promise<void> {
    for (const event of delivery.commit.body().events)
      if (event.type === deadline.after.type) await this.#decide(deadline, event, delivery);
  }

  /** One that cannot be decided is a dead letter, and holds no other up. */
  async #decide(deadline: Deadline, event: RecordedEvent, { commit }: Delivery): Promise<void> {
    const { ports, store, platformId, deadLetters } = this.#parts;
    const { entityType, entityId, service } = commit.entity;
    const cause = causes.deadline(entityType, entityId, deadline.name);
    // It waits by being delivered again and again: that says nothing.
    const span = reactionSpan(ports.tracing, event, deadline.name, { commit, redelivered: false });
    const trace = span.traceparent;
    const where = { cause, reaction: deadline.name, correlation: event.correlation, trace };
    try {
      const command = commandOf({ event: deadline.after, toCommand: deadline.toCommand }, event);
      const because = { ...where, reaction: command.name };
      await store.change(entityType, entityId, 'cached', (entity) =>
        // Under the deadline's own name stands what a person has seen to.
        entity.isHandled(cause, deadline.name) ? undefined : decideOnce(platformId, entity, command, because),
      );
      span.end();
    } catch (error) {
      span.end(spanErrorOf(error));
      if (!isDefect(error)) throw error;
      const source = { stream: streamOf(service), seq: commit.seq };
      await deadLetters.record({ entityType, entityId, ...where, source, event, error }, service);
    }
  }
}
