import { canonicalJson, type DomainEvent } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import type { HotEntity, Reaction, ServiceDefinition } from '@refrain/runtime';
import type { Entities, ModelEntity } from './entities.ts';
import type { Request } from './world.ts';

/** A command on its way to an entity: once it arrives, it is decided. */
export interface Message {
  readonly number: number;
  /** As a person would say it. */
  readonly label: string;
  readonly entity: ModelEntity;
  readonly command: Command;
  /** What is decided instead where the decision throws (hot entities). */
  readonly onDefect?: (() => Command | undefined) | undefined;
  readonly hot: boolean;
  /** What was heard, and the reaction to it. */
  readonly heard?: { readonly event: DomainEvent; readonly reaction: Reaction } | undefined;
  /** It came before: nobody remembered it, and so it is decided again. */
  readonly again: boolean;
}

/** What an event brings about: deliveries in any order, and requests to hot entities in the log's order. */
export interface Hearers {
  readonly pending: readonly number[];
  readonly queued: readonly number[];
}

/** Who hears what: every reaction, every deadline and every request of a hot entity, as messages. */
export class Hearing {
  readonly messages: Message[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #entities: Entities;
  readonly #services: readonly ServiceDefinition[];

  constructor(entities: Entities, services: readonly ServiceDefinition[]) {
    this.#entities = entities;
    this.#services = services;
  }

  at(number: number): Message {
    return this.messages[number] as Message;
  }

  /** Two messages with the same command for the same reason are one: deciders see nothing else of them. */
  #message(parts: Omit<Message, 'number' | 'hot' | 'again'> & { hot?: boolean; again?: boolean }): number {
    const { label, entity, command, hot = false, again = false } = parts;
    const key = `${label} ${entity.number} ${command.name} ${canonicalJson(command.data)} ${again}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const message = { ...parts, hot, again, number: this.messages.length };
    this.messages.push(message);
    this.#numbers.set(key, message.number);
    return message.number;
  }

  request({ name, service, command }: Request): number {
    return this.#message({ label: name, entity: this.#entities.of(service, command), command });
  }

  /** The same delivery once more, or `undefined` where that cannot be. */
  again(number: number): number | undefined {
    const message = this.at(number);
    if (message.again || message.hot) return undefined;
    return this.#message({ ...message, label: `${message.label} (again)`, again: true });
  }

  hearersOf(events: readonly DomainEvent[]): Hearers {
    const pending: number[] = [];
    const queued: number[] = [];
    for (const event of events)
      for (const service of this.#services) {
        const own = service.contract.$contract.service;
        for (const reaction of service.reactions)
          if (isOf(reaction.event, event)) pending.push(this.#heard(own, event, reaction));
        if (event.service !== own) continue;
        for (const { after, name, toCommand } of service.deadlines)
          if (isOf(after, event)) pending.push(this.#deadline(own, name, toCommand(event.data)));
        for (const hot of service.hot)
          for (const reaction of hot.answers)
            if (isOf(reaction.event, event)) queued.push(this.#asked(own, event, reaction, hot));
      }
    return { pending, queued };
  }

  #heard(service: string, event: DomainEvent, reaction: Reaction): number {
    const command = reaction.toCommand(event.data);
    const entity = this.#entities.of(service, command);
    const label = `${nameOf(entity)} hears ${event.type}: ${reaction.name}`;
    return this.#message({ label, entity, command, heard: { event, reaction } });
  }

  #deadline(service: string, name: string, command: Command): number {
    const entity = this.#entities.of(service, command);
    return this.#message({ label: `${nameOf(entity)}: the deadline "${name}" is over`, entity, command });
  }

  #asked(service: string, event: DomainEvent, reaction: Reaction, hot: HotEntity): number {
    const command = reaction.toCommand(event.data);
    const entity = this.#entities.of(service, command);
    return this.#message({
      label: `${nameOf(entity)} answers ${event.type}: ${reaction.name}`,
      entity,
      command,
      hot: true,
      heard: { event, reaction },
      onDefect: () => hot.onDefect?.(event),
    });
  }
}

/** An entity for a person: `payments charge/o1`. */
export const nameOf = ({ service, entityType, entityId }: ModelEntity): string =>
  `${service} ${entityType}/${entityId}`;

const isOf = (heard: { service: string; type: string }, event: DomainEvent): boolean =>
  heard.type === event.type && heard.service === event.service;
