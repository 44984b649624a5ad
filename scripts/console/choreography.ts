import type { ChoreographyMap, MapEdge, MapNode } from '@refrain/console/api';
import type { ServiceTopology } from '@refrain/event-log';
import type { Graph } from '../graph/graph.ts';

type Carried = MapEdge['carries'][number];

/** The choreography as nodes, and as one arrow between two of them for all that goes there. Pure. */
export function choreographyOf(
  graph: Graph,
  guests: readonly ServiceTopology[],
): Pick<ChoreographyMap, 'nodes' | 'edges'> {
  const nodes: MapNode[] = [
    ...graph.services.map(({ name, entities }) => ({
      id: name,
      kind: 'service' as const,
      entities: entities.map(({ events, ...entity }) => ({ ...entity, events: [...events] })),
    })),
    ...[...new Set(graph.called.map(({ dependency }) => dependency))].map((id) => nodeOf(id, 'dependency')),
    ...[...new Set(graph.outsiders.map(({ name }) => name))].map((id) => nodeOf(id, 'outsider')),
    ...guests.map(({ service }) => nodeOf(service, 'guest')),
  ];
  const edges = new Arrows();
  for (const { from, to, event, reaction } of graph.heard)
    edges.add('heard', from, to, { name: event, counted: `${from}.${event}`, how: reaction });
  for (const { service, dependency, effect, after, repeat, undoes } of graph.called)
    edges.add('called', service, dependency, {
      name: effect,
      counted: `${service}.${after}`,
      how: repeat,
      ...(undoes !== undefined && { undoes }),
    });
  for (const { name, service, tells, hears } of graph.outsiders) {
    for (const { event, reaction } of tells)
      edges.add('told', name, service, { name: event, counted: `${service}.${event}`, how: reaction });
    for (const event of hears)
      edges.add('heard', service, name, { name: event, counted: `${service}.${event}`, how: '' });
  }
  // What a guest does about an event, its contract says, which is not here.
  for (const { service, durables } of guests)
    for (const { stream } of durables) if (stream !== service) edges.touch('heard', stream, service);
  return { nodes, edges: edges.all() };
}

const nodeOf = (id: string, kind: MapNode['kind']): MapNode => ({ id, kind, entities: [] });

class Arrows {
  readonly #edges = new Map<string, MapEdge>();

  touch(kind: MapEdge['kind'], from: string, to: string): MapEdge {
    const id = `${from}>${to}`;
    const edge = this.#edges.get(id) ?? { id, from, to, kind, carries: [] };
    this.#edges.set(id, edge);
    return edge;
  }

  add(kind: MapEdge['kind'], from: string, to: string, carried: Carried): void {
    this.touch(kind, from, to).carries.push(carried);
  }

  all(): MapEdge[] {
    return [...this.#edges.values()];
  }
}
