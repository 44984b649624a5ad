import { cause as causes, operationIdOf, rootTrace } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';
import type { RecordedEvent } from '@refrain/event-log';
import { recorded, reasonOf, Undecidable } from './decision.ts';
import type { Effect } from './definition.ts';
import { successOf } from './effect-log.ts';
import type { EntityState } from './entity-state.ts';

/** What a provider did, as it lists it. */
export interface Act {
  /** Of the metadata that every call carries. */
  readonly operationId: string;
  readonly entityId: string;
  /** The flow that the call belonged to. */
  readonly correlation: string;
  /** The provider's name for what it did. */
  readonly ref: string;
  /** What records it. */
  readonly command: Command;
}

/** More operations of one effect than this no entity of a flow has. */
const ORDINALS_MAX = 64;

/**
 * Whether the act is one of this platform: others may use the same account, and what they did is not ours to
 * undo.
 */
export function isOurs(act: Act, effect: Effect, of: { platformId: string; service: string }): boolean {
  const { name, entityType } = effect;
  for (let ordinal = 0; ordinal < ORDINALS_MAX; ordinal++)
    if (
      operationIdOf({ ...of, entityType, entityId: act.entityId, effect: name, ordinal }) === act.operationId
    )
      return true;
  return false;
}

/**
 * What the log lacks of an act; `undefined` when it has it. An operation that is open is answered by it. One
 * that the log does not know, or holds for ended without it, is recorded for what the provider did: the
 * decider says what it means now, which is that nobody asked for it.
 */
export function addedBy(
  act: Act,
  { effect, platformId }: { effect: Effect; platformId: string },
): (entity: EntityState) => RecordedEvent[] | undefined {
  return (entity) => {
    const operation = entity.operations.get(act.operationId);
    const trace = rootTrace(act.correlation);
    if (operation && operation.status !== 'closed') {
      const recording = { platformId, effect, operationId: operation.id, n: operation.n, trace };
      return successOf(recording, act.command, 'happened')(entity);
    }
    const cause = causes.found(act.operationId, act.ref);
    const { name: reaction } = act.command;
    if (entity.isHandled(cause, reaction)) return undefined;
    const events = decided(entity, act.command);
    const because = { cause, reaction, correlation: act.correlation, trace };
    return events.length === 0 ? undefined : recorded(platformId, entity, because, events);
  };
}

function decided(entity: EntityState, command: Command) {
  try {
    return (entity.kind.decider as AnyDecider).decide(entity.state, command);
  } catch (error) {
    throw new Undecidable(reasonOf(error), { cause: error });
  }
}
