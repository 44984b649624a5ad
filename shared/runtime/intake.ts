import { cause as causes, hash, rootTrace } from '@refrain/contract-kit';
import { messageOf, RefrainError } from '@refrain/errors';
import type { Command } from '@refrain/decider';
import { type Delivery, type RecordedEvent, streamOf } from '@refrain/event-log';
import type { EntityState } from './entity-state.ts';
import { decideOnce } from './decision.ts';
import type { Reaction } from './definition.ts';
import { caughtByCause } from './measured.ts';
import { commandOf, type ReactorParts } from './reactor.ts';
import { INTAKE } from './registry.ts';
import { reactionSpan, spanErrorOf } from './traced.ts';
import { isDefect, pauseMsAfter } from './trouble.ts';

/**
 * So many dead letters of one outsider may wait for a person, and those that are under way together; then
 * what is bad waits in the intake.
 */
const LETTERS_MAX = 1_000;
/** How long it waits there before it is looked at again, in milliseconds. */
const HOLD_MS = 30_000;

/** A message of an outsider on its way to a decision. */
interface Message {
  readonly delivery: Delivery;
  readonly outsider: string;
  readonly source: { readonly stream: string; readonly seq: number };
}

/** What became of it instead of a decision. */
interface Undecided {
  readonly command: Command | undefined;
  readonly event: RecordedEvent | undefined;
  readonly reaction: string;
  readonly error: unknown;
}

/**
 * The door of programs that are none of ours. What they tell is validated by the contract, gets an id that
 * follows from theirs, and is decided once, like every request. What cannot be taken is a dead letter of
 * `intake/<outsider>`, and the next message is handled.
 */
export class Intake {
  readonly #parts: ReactorParts;

  constructor(parts: ReactorParts) {
    this.#parts = parts;
  }

  async handle(delivery: Delivery): Promise<void> {
    const { entity, seq } = delivery.commit;
    const { ports } = this.#parts;
    const message = {
      delivery,
      outsider: entity.entityType,
      source: { stream: streamOf(entity.service), seq },
    };
    try {
      if (await this.#take(message)) delivery.ack();
      else delivery.nak(HOLD_MS);
    } catch (error) {
      ports.logger.warn({ outsider: message.outsider, seq, error: messageOf(error) }, 'delivery given back');
      delivery.nak(pauseMsAfter(error, ports.chance));
    }
  }

  /** Decides it, or records why not. `false`: it has to wait. */
  async #take(message: Message): Promise<boolean> {
    const { platformId, registry } = this.#parts;
    const { delivery } = message;
    let event: RecordedEvent | undefined;
    let reaction: Reaction | undefined;
    let command: Command | undefined;
    try {
      const [read] = delivery.commit.body().events;
      const { data, ...rest } = read as RecordedEvent;
      const id = hash(platformId, registry.contract.service, rest.cause);
      event = { ...rest, id, correlation: id, data: { id, data } };
      reaction = this.#takingOf(message, event);
      event = { ...event, reaction: reaction.name };
      command = commandOf(reaction, event);
      await this.#decide(command, event, message);
      return true;
    } catch (error) {
      if (!isDefect(error)) throw error;
      return await this.#letter(message, { command, event, reaction: reaction?.name ?? 'read', error });
    }
  }

  #takingOf({ outsider, source, delivery }: Message, { type, version }: RecordedEvent): Reaction {
    const { reactions } = this.#parts.registry;
    const all = [...(reactions.get(delivery.commit.entity.service)?.values() ?? [])].flat();
    const own = all.filter(({ event }) => event.entityType === outsider);
    const found = own.find(({ event }) => event.type === type);
    const invalid = (problem: string): RefrainError =>
      new RefrainError('RF_TOLD_INVALID', { ...source, problem });
    if (!found) {
      const may = own.map(({ event }) => event.type).join(', ');
      throw invalid(`${outsider} may not tell "${type.slice(0, 64)}", expected one of ${may}`);
    }
    // An outsider does not go ahead of the contract: there is no newer build to wait for.
    if (version > found.event.version)
      throw invalid(`${type} has the dataversion ${version}, the contract knows ${found.event.version}`);
    return found;
  }

  async #decide(command: Command, event: RecordedEvent, { delivery }: Message): Promise<void> {
    const { ports, store, platformId } = this.#parts;
    const { cause, reaction, correlation } = event;
    // What an outsider says of its trace, it says of its own sample.
    const span = reactionSpan(ports.tracing, event, reaction, delivery, true);
    const because = { cause, reaction, correlation, trace: span.traceparent };
    try {
      const freshness = delivery.redelivered ? 'fresh' : 'guess';
      const changed = await store.change(command.entityType, command.entityId, freshness, (entity) =>
        decideOnce(platformId, entity, command, because),
      );
      if (changed.events.length === 0) caughtByCause(ports.metrics, changed, span);
      span.end();
    } catch (error) {
      span.end(spanErrorOf(error));
      throw error;
    }
  }

  /** It lies with the entity that it was meant for, else with its outsider. */
  async #letter(
    { outsider, source }: Message,
    { command, event: told, reaction, error }: Undecided,
  ): Promise<boolean> {
    const { store, deadLetters, platformId } = this.#parts;
    const correlation = told?.correlation ?? hash(platformId, source.stream, String(source.seq));
    const cause = told?.cause ?? causes.unreadable(source.stream, source.seq);
    const { entityType, entityId } = command ?? { entityType: INTAKE, entityId: outsider };
    if (!command && isFull(await store.read(INTAKE, outsider), { cause, reaction })) {
      const entity = `${INTAKE}/${outsider}`;
      this.#parts.ports.logger.error({ entity, letters: LETTERS_MAX }, 'holds what cannot be taken');
      return false;
    }
    const names = { entityType, entityId, reaction, cause, correlation, trace: rootTrace(correlation) };
    // What no reaction takes is nothing that could be decided again.
    const event = reaction === 'read' ? undefined : told;
    await deadLetters.record({ ...names, source, event, error }, outsider);
    return true;
  }
}

const isFull = (
  { letters }: EntityState,
  { cause, reaction }: { cause: string; reaction: string },
): boolean =>
  letters.size >= LETTERS_MAX &&
  ![...letters.values()].some((one) => one.cause === cause && one.reaction === reaction);
