import type { TreeNode } from '@refrain/console/api';
import { Panel } from '../parts/panel.tsx';
import { Pill, type Tone } from '../parts/pill.tsx';
import { Empty } from '../parts/state.tsx';
import { offset } from '../parts/words.ts';

const kinds: Record<TreeNode['kind'], { tone: Tone; says: string }> = {
  event: { tone: 'active', says: 'event' },
  attempt: { tone: 'bad', says: 'attempt' },
  call: { tone: 'quiet', says: 'call' },
  ledger: { tone: 'good', says: 'money' },
  mail: { tone: 'good', says: 'mail' },
};

/** What happened, each thing under what caused it, across all services and the world outside. */
export function Causes({ tree }: { tree: readonly TreeNode[] }) {
  return (
    <Panel title="Causes" aside={<span className="quiet small">each thing under what caused it</span>}>
      {tree.length === 0 ? <Empty title="Nothing has happened yet" /> : <Branches nodes={tree} />}
    </Panel>
  );
}

function Branches({ nodes }: { nodes: readonly TreeNode[] }) {
  return (
    <ul className="tree">
      {nodes.map((node, i) => (
        <li key={node.eventId ?? `${node.kind} ${node.at} ${i}`}>
          <div className={`branch branch-${node.kind}`}>
            <span className="number quiet">{offset(node.afterMs)}</span>
            <Pill tone={kinds[node.kind].tone}>{kinds[node.kind].says}</Pill>
            <strong>{node.where}</strong>
            <span className="branch-text">{node.text}</span>
          </div>
          {node.children.length === 0 ? null : <Branches nodes={node.children} />}
        </li>
      ))}
    </ul>
  );
}
