import '@xyflow/react/dist/base.css';
import './map.css';
import { type EdgeChange, MarkerType, type NodeChange, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { ChoreographyMap } from '@refrain/console/api';
import { useLive } from '../data/live.ts';
import type { Live } from '../data/live-picture.ts';
import { arrange, type Placed, sizeOf } from './arrange.ts';
import { edgeTypes, type ShopEdge } from './flow-edge.tsx';
import { nodeTypes, type ShopNode } from './map-nodes.tsx';
import { flowing, recording, standing } from './standing.ts';

interface Chosen {
  /** The id of the arrow or the node whose details are shown. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
}

const arrowHead = { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--line-strong)' };
const fit = { padding: 0.04, maxZoom: 1.1 };

function nodesOf(map: ChoreographyMap, live: Live, placed: Placed): ShopNode[] {
  const { services, words } = standing(map, live);
  return map.nodes.map((node) => ({
    id: node.id,
    type: node.kind === 'service' || node.kind === 'guest' ? 'service' : 'other',
    position: placed.at.get(node.id) ?? { x: 0, y: 0 },
    ...sizeOf(node),
    ariaLabel: `${node.id}, ${node.kind}`,
    data: {
      node,
      service: services.find(({ service }) => service === node.id),
      word: words.find(({ dependency }) => dependency === node.id),
      recording: recording(node.id, live),
    },
  }));
}

function edgesOf(map: ChoreographyMap, live: Live, placed: Placed): ShopEdge[] {
  const { words } = standing(map, live);
  return map.edges.map((edge) => {
    const back = placed.back.has(edge.id);
    return {
      id: edge.id,
      type: 'flow',
      source: edge.from,
      target: edge.to,
      sourceHandle: back ? 'back-out' : 'out',
      targetHandle: back ? 'back-in' : 'in',
      markerEnd: arrowHead,
      ariaLabel: `from ${edge.from} to ${edge.to}`,
      data: { edge, flowing: flowing(edge, live, words) },
    };
  });
}

/** The picture: who hears whom, and what flows between them now. */
export function Choreography({ map, chosen, onChoose }: Chosen & { map: ChoreographyMap }) {
  const live = useLive();
  const placed = useMemo(() => arrange(map), [map]);
  // By mouse or by Enter: either is a change of the selection.
  const choose = (changes: readonly (NodeChange<ShopNode> | EdgeChange<ShopEdge>)[]): void => {
    for (const change of changes) if (change.type === 'select' && change.selected) onChoose(change.id);
  };
  return (
    <div className="map-canvas">
      <ReactFlow
        nodes={nodesOf(map, live, placed).map((node) => ({ ...node, selected: node.id === chosen }))}
        edges={edgesOf(map, live, placed).map((edge) => ({ ...edge, selected: edge.id === chosen }))}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={fit}
        minZoom={0.3}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        onNodesChange={(changes) => choose(changes)}
        onEdgesChange={(changes) => choose(changes)}
        onPaneClick={() => onChoose(undefined)}
      />
    </div>
  );
}
