import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import type { MapEdge } from '@refrain/console/api';
import { rate } from '../parts/words.ts';
import { type Flowing, heldBack } from './standing.ts';

export interface EdgeData extends Record<string, unknown> {
  readonly edge: MapEdge;
  readonly flowing: Flowing;
}
export type ShopEdge = Edge<EdgeData, 'flow'>;

/** Dots move faster where more flows; three speeds are enough to see, and change seldom. */
function speedOf({ rate: perS, word }: Flowing): string {
  if (word && heldBack(word)) return 'held';
  if (perS === 0) return 'still';
  return perS < 3 ? 'slow' : perS < 30 ? 'steady' : 'fast';
}

function FlowEdge(props: EdgeProps<ShopEdge>) {
  const { data, selected } = props;
  const [path, labelX, labelY] = getBezierPath(props);
  if (!data) return null;
  const { edge, flowing } = data;
  const speed = speedOf(flowing);
  const isBack = props.sourceX > props.targetX;
  return (
    <>
      <BaseEdge
        path={path}
        className={`arrow arrow-${edge.kind} is-${speed}${selected === true ? ' is-chosen' : ''}`}
        markerEnd={props.markerEnd ?? ''}
        interactionWidth={18}
      />
      {speed === 'still' || speed === 'held' ? null : <path d={path} className={`dots is-${speed}`} />}
      <EdgeLabelRenderer>
        <div
          className={`arrow-label${isBack ? ' is-back' : ''}`}
          style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
        >
          {flowing.rate > 0 ? <span>{rate(flowing.rate)}/s</span> : null}
          {flowing.failing > 0 ? <span className="failing">{rate(flowing.failing)} fail/s</span> : null}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

export const edgeTypes = { flow: FlowEdge };
