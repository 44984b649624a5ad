import type { ServiceDefinition } from '@refrain/runtime';

/** An event on its way from who records it to who hears it. */
export interface Heard {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly reaction: string;
  /** A hot entity answers it as a request, in the order of the log. */
  readonly asked: boolean;
}

/** A call of a service to the world outside. */
export interface Called {
  readonly service: string;
  readonly effect: string;
  readonly dependency: string;
  readonly after: string;
  /** The event that it takes back. */
  readonly undoes?: string;
  /** What makes a repeat safe: `keyed` or `unsafe`. */
  readonly repeat: string;
}

/** Who records, hears, undoes and calls what: all that contracts and reactions say of a choreography. */
export interface Graph {
  readonly services: readonly {
    readonly name: string;
    readonly entities: readonly {
      readonly name: string;
      readonly hot: boolean;
      readonly events: readonly string[];
    }[];
  }[];
  readonly heard: readonly Heard[];
  readonly called: readonly Called[];
  readonly undone: readonly { readonly service: string; readonly event: string; readonly by: string }[];
  readonly deadlines: readonly { readonly service: string; readonly after: string; readonly name: string }[];
  /** Programs that are none of ours: what they tell a service, and which events of it they may hear. */
  readonly outsiders: readonly {
    readonly name: string;
    readonly service: string;
    readonly tells: readonly { readonly event: string; readonly reaction: string }[];
    readonly hears: readonly string[];
  }[];
  /** What is left to a person, and what nothing takes back. */
  readonly waits: readonly { readonly service: string; readonly event: string }[];
  readonly pivots: readonly { readonly service: string; readonly event: string }[];
}

/** The graph of these services. */
export function graphOf(definitions: readonly ServiceDefinition[]): Graph {
  const infos = definitions.map(({ contract }) => contract.$contract);
  const listed = (list: 'waits' | 'pivots') =>
    infos.flatMap(({ service, [list]: events }) => events.map((event) => ({ service, event })));
  return {
    services: definitions.map(({ contract: { $contract }, hot }) => ({
      name: $contract.service,
      entities: Object.keys($contract.entities).map((name) => ({
        name,
        hot: hot.some(({ decider }) => decider.$decider.entityType === name),
        events: Object.keys($contract.events).filter((type) => $contract.events[type]?.entityType === name),
      })),
    })),
    heard: definitions.flatMap(heardBy),
    called: infos.flatMap(({ service, effects }) =>
      Object.entries(effects).map(([effect, { after, dependency, undoes, repeat }]) => ({
        service,
        effect,
        dependency,
        after,
        ...(undoes !== undefined && { undoes }),
        repeat: repeat.kind,
      })),
    ),
    undone: infos.flatMap(({ service, undoneBy }) =>
      Object.entries(undoneBy).map(([event, by]) => ({ service, event, by })),
    ),
    deadlines: definitions.flatMap(({ contract, deadlines }) =>
      deadlines.map(({ after, name }) => ({ service: contract.$contract.service, after: after.type, name })),
    ),
    outsiders: definitions.flatMap(outsidersOf),
    waits: listed('waits'),
    pivots: listed('pivots'),
  };
}

function outsidersOf({ contract: { $contract }, told }: ServiceDefinition): Graph['outsiders'] {
  const { service, outsiders, events } = $contract;
  return Object.entries(outsiders).map(([name, { tells, hears }]) => ({
    name,
    service,
    tells: Object.keys(tells).map((type) => ({
      event: type,
      reaction: told.find(({ event }) => event.type === type)?.name ?? '',
    })),
    hears: Object.keys(events).filter((type) => hears.includes(events[type]?.entityType ?? '')),
  }));
}

function heardBy({ contract, reactions, hot }: ServiceDefinition): Heard[] {
  const to = contract.$contract.service;
  const of =
    (asked: boolean) =>
    ({ event, name }: (typeof reactions)[number]): Heard => ({
      from: event.service,
      event: event.type,
      to,
      reaction: name,
      asked,
    });
  return [...reactions.map(of(false)), ...hot.flatMap(({ answers }) => answers).map(of(true))];
}

/** Only what a service takes part in: of its neighbours, the events between them. */
export function partOf(graph: Graph, service: string): Graph {
  const own = ({ service: of }: { service: string }): boolean => of === service;
  const heard = graph.heard.filter(({ from, to }) => from === service || to === service);
  const isBetween = (name: string, type: string): boolean =>
    name === service || heard.some(({ from, event }) => from === name && event === type);
  const services = graph.services
    .filter(({ name }) => name === service || heard.some(({ from, to }) => from === name || to === name))
    .map(({ name, entities }) => ({
      name,
      entities: entities
        .map((entity) => ({ ...entity, events: entity.events.filter((type) => isBetween(name, type)) }))
        .filter(({ events }) => events.length > 0),
    }));
  return {
    services,
    heard,
    called: graph.called.filter(own),
    undone: graph.undone.filter(own),
    deadlines: graph.deadlines.filter(own),
    outsiders: graph.outsiders.filter(own),
    waits: graph.waits.filter(own),
    pivots: graph.pivots.filter(own),
  };
}
