import { Graph, layout } from '@dagrejs/dagre';
import type { ChoreographyMap, MapEdge, MapNode } from '@refrain/console/api';

const sizes = {
  service: { width: 208, height: 118 },
  other: { width: 186, height: 88 },
} as const;

export const sizeOf = ({ kind }: MapNode) =>
  kind === 'service' || kind === 'guest' ? sizes.service : sizes.other;

/** `back`: arrows that leave and enter at the other side of their nodes, so that two stay apart. */
export interface Placed {
  readonly at: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly back: ReadonlySet<string>;
}

/**
 * Where each node stands. Services hear each other in both directions, so only one arrow of each pair says
 * who is left of whom: the node that comes first in the map.
 */
export function arrange({ nodes, edges }: Pick<ChoreographyMap, 'nodes' | 'edges'>): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 34, ranksep: 132, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(node) });
  const order = new Map(nodes.map(({ id }, i) => [id, i]));
  const rank = ({ from, to }: MapEdge): number => (order.get(from) ?? 0) - (order.get(to) ?? 0);
  for (const edge of edges) {
    const [left, right] = rank(edge) < 0 ? [edge.from, edge.to] : [edge.to, edge.from];
    graph.setEdge(left, right);
  }
  layout(graph);
  const corner = (node: MapNode) => {
    const { x, y } = graph.node(node.id);
    const { width, height } = sizeOf(node);
    return [node.id, { x: x - width / 2, y: y - height / 2 }] as const;
  };
  const at = new Map(nodes.map(corner));
  const isBack = ({ from, to }: MapEdge): boolean => (at.get(from)?.x ?? 0) > (at.get(to)?.x ?? 0);
  return { at, back: new Set(edges.filter(isBack).map(({ id }) => id)) };
}
