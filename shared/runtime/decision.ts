import {
  type DomainEvent,
  eventIdOf,
  operationIdOf,
  type PlatformData,
  type PlatformEventType,
  platformEvents,
} from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import type { AnyDecider, Command } from '@refrain/decider';
import type { RecordedEvent } from '@refrain/event-log';
import type { EntityState } from './entity-state.ts';
import { effectAfter } from './operations.ts';

/** Why something is decided, and the flow and trace it belongs to. */
export interface Because {
  readonly cause: string;
  readonly reaction: string;
  readonly correlation: string;
  readonly trace: string;
}

/**
 * Gives decided events their ids, causes and operations. Pure: the same decision on the same state, the same
 * ids.
 */
export function recorded(
  platformId: string,
  entity: EntityState,
  because: Because,
  events: readonly Pick<DomainEvent, 'type' | 'version' | 'data'>[],
): RecordedEvent[] {
  const { service, entityType, entityId } = entity.entity;
  const types = new Map<string, number>();
  const intents = new Map<string, number>();
  const next = (counts: Map<string, number>, key: string, from: number): number => {
    const value = counts.get(key) ?? from;
    counts.set(key, value + 1);
    return value;
  };
  return events.map(({ type, version, data }) => {
    const { cause, reaction } = because;
    const id = eventIdOf({
      platformId,
      service,
      entityType,
      entityId,
      cause,
      reaction,
      type,
      index: next(types, type, entity.recordedFor(type, because)),
    });
    const effect = effectAfter(entity.kind.contract, type);
    const operation =
      effect === undefined
        ? undefined
        : operationIdOf({
            platformId,
            service,
            entityType,
            entityId,
            effect,
            ordinal: next(intents, effect, entity.intentsOf(effect)),
          });
    return { id, type, version, ...because, ...(operation !== undefined && { operation }), data };
  });
}

/** Longest reason that is recorded, in characters: an error may carry anything. */
const REASON_MAX = 1_000;

/** What went wrong, short enough for the log. */
export const reasonOf = (error: unknown): string => messageOf(error).slice(0, REASON_MAX);

/** A decision that throws. Another try will throw again: it becomes a dead letter. */
export class Undecidable extends Error {
  override readonly name = 'Undecidable';
}

/**
 * An event of the platform itself, checked, since what cannot be read back would make its entity unreadable.
 */
export const platformEvent = <T extends PlatformEventType>(
  type: T,
  data: PlatformData<T>,
): Pick<DomainEvent, 'type' | 'version' | 'data'> => ({
  type,
  version: 1,
  data: platformEvents[type].parse(data),
});

const noted = ({ cause, reaction }: Because): Pick<DomainEvent, 'type' | 'version' | 'data'> =>
  platformEvent('refrain.Noted', { cause, reaction });

/**
 * What a command adds to an entity. "Nothing to add" is recorded too (`refrain.Noted`): every handled cause
 * is in the log, and no answer escapes the check of the expected sequence.
 */
export function decideCommand(
  platformId: string,
  entity: EntityState,
  command: Command,
  because: Because,
): RecordedEvent[] {
  try {
    const events = (entity.kind.decider as AnyDecider).decide(entity.state, command);
    return recorded(platformId, entity, because, events.length > 0 ? events : [noted(because)]);
  } catch (error) {
    throw new Undecidable(reasonOf(error), { cause: error });
  }
}

/** The same for a cause that may come again; `undefined` where the entity has handled it already. */
export function decideOnce(
  platformId: string,
  entity: EntityState,
  command: Command,
  because: Because,
): RecordedEvent[] | undefined {
  if (entity.isHandled(because.cause, because.reaction)) return undefined;
  return decideCommand(platformId, entity, command, because);
}
