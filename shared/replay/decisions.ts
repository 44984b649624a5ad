import type { ContractInfo } from '@refrain/contract-kit';
import type { AnyDecider } from '@refrain/decider';
import type { EventLog } from '@refrain/event-log';
import type { Deadline, HotEntity, Reaction, ServiceDefinition } from '@refrain/runtime';

type Decided = 'contract' | 'deciders' | 'reactions' | 'hot' | 'deadlines';

/**
 * What a service decides, without what it does: there is nothing in it that could call anybody. A definition
 * with its effects does not compile where this is asked for.
 */
export type Decisions = Pick<ServiceDefinition, Decided> & { readonly effects?: never };

/** A log that can be read. One that can append does not compile where this is asked for. */
export type ReadableLog = Pick<EventLog, 'load' | 'read' | 'lastSequence'> & { readonly append?: never };

/** A service's decisions; its effects stay behind. */
export const decisionsOf = ({
  contract,
  deciders,
  reactions,
  hot,
  deadlines,
}: Pick<ServiceDefinition, Decided>): Decisions => ({ contract, deciders, reactions, hot, deadlines });

/** A log's reading side. */
export const readingOf = (log: Pick<EventLog, 'load' | 'read' | 'lastSequence'>): ReadableLog => ({
  load: (entity, after) => log.load(entity, after),
  read: (service, from, limit) => log.read(service, from, limit),
  lastSequence: (service) => log.lastSequence(service),
});

/** How one type of entity decides today. */
export interface Kind {
  readonly decider: AnyDecider;
  readonly hot: HotEntity | undefined;
  /** What may have been a cause here, by the name of its reaction. */
  readonly reactions: ReadonlyMap<string, readonly Reaction[]>;
}

/** A service's decisions, looked up from every side. */
export interface Lookup {
  readonly contract: ContractInfo;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly deadlines: ReadonlyMap<string, Deadline>;
  /** By source service (its own among them) and event type: how many reactions each event leads to. */
  readonly heard: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

function byName(reactions: readonly Reaction[]): Map<string, Reaction[]> {
  const named = new Map<string, Reaction[]>();
  for (const reaction of reactions) named.set(reaction.name, [...(named.get(reaction.name) ?? []), reaction]);
  return named;
}

/** Looks a service's decisions up from every side. */
export function lookupOf({ contract, deciders, reactions, hot, deadlines }: Decisions): Lookup {
  const kinds = new Map<string, Kind>();
  const named = byName(reactions);
  for (const { $decider } of deciders)
    kinds.set($decider.entityType, { decider: $decider, hot: undefined, reactions: named });
  for (const entity of hot) {
    const { $decider } = entity.decider;
    kinds.set($decider.entityType, { decider: $decider, hot: entity, reactions: byName(entity.answers) });
  }
  const heard = new Map<string, Map<string, number>>();
  for (const { event } of [...reactions, ...hot.flatMap(({ answers }) => answers)]) {
    const types = heard.get(event.service) ?? new Map<string, number>();
    heard.set(event.service, types.set(event.type, (types.get(event.type) ?? 0) + 1));
  }
  return {
    contract: contract.$contract,
    kinds,
    deadlines: new Map(deadlines.map((deadline) => [deadline.name, deadline])),
    heard,
  };
}
