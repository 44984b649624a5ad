import type { ChoreographyMap, MapEdge } from '@refrain/console/api';
import { useLive } from '../data/live.ts';
import { Panel } from '../parts/panel.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { rate } from '../parts/words.ts';

/** What an arrow carries, or what a service records: whatever is chosen in the picture. */
export function Details({
  map,
  chosen,
  onClose,
}: {
  map: ChoreographyMap;
  chosen: string;
  onClose: () => void;
}) {
  const edge = map.edges.find(({ id }) => id === chosen);
  const node = map.nodes.find(({ id }) => id === chosen);
  const edges = edge ? [edge] : map.edges.filter(({ from, to }) => from === chosen || to === chosen);
  if (!edge && !node) return null;
  const close = (
    <button type="button" className="button bare" onClick={onClose}>
      Close
    </button>
  );
  return (
    <Panel title={edge ? `${edge.from} → ${edge.to}` : chosen} aside={close} flush>
      <Carried edges={edges} />
    </Panel>
  );
}

/** Who hears whom, as a table: the picture for who does not see it, and for a narrow screen. */
export function Carried({ edges }: { edges: readonly MapEdge[] }) {
  const { rates } = useLive();
  return (
    <Scroll label="What flows">
      <table className="table">
        <thead>
          <tr>
            <th>From</th>
            <th>To</th>
            <th>What</th>
            <th>What is done about it</th>
            <th className="number">now</th>
          </tr>
        </thead>
        <tbody>
          {edges.flatMap((edge) =>
            edge.carries.map(({ name, counted, how, undoes }) => (
              <tr key={`${edge.id} ${name} ${how}`}>
                <td>{edge.from}</td>
                <td>{edge.to}</td>
                <td>
                  {name}
                  {undoes === undefined ? null : <span className="quiet"> takes {undoes} back</span>}
                </td>
                <td className="quiet">{how}</td>
                <td className="number">{rate(rates.get(counted) ?? 0)}/s</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Scroll>
  );
}
