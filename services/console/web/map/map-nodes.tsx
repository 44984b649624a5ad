import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { type NodeData, OtherCard, ServiceCard } from './node-cards.tsx';

export type ShopNode = Node<NodeData & Record<string, unknown>, 'service' | 'other'>;

/** Arrows to the right leave and enter above, those back below. */
function Ends() {
  return (
    <>
      <Handle id="in" type="target" position={Position.Left} className="end-above" isConnectable={false} />
      <Handle id="out" type="source" position={Position.Right} className="end-above" isConnectable={false} />
      <Handle
        id="back-in"
        type="target"
        position={Position.Right}
        className="end-below"
        isConnectable={false}
      />
      <Handle
        id="back-out"
        type="source"
        position={Position.Left}
        className="end-below"
        isConnectable={false}
      />
    </>
  );
}

const ServiceNode = ({ data }: NodeProps<ShopNode>) => (
  <>
    <ServiceCard {...data} />
    <Ends />
  </>
);
const OtherNode = ({ data }: NodeProps<ShopNode>) => (
  <>
    <OtherCard {...data} />
    <Ends />
  </>
);
export const nodeTypes = { service: ServiceNode, other: OtherNode };
