import type { EntityPage } from '@refrain/console/api';
import { Scroll } from '../parts/scroll.tsx';

const plain = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value));

/** Which field became what, event by event. */
export function Changes({ events }: { events: EntityPage['changes'] }) {
  const rows = events.flatMap(({ type, changes, operations }) => [
    ...changes.map((change) => ({ type, about: '', ...change })),
    ...Object.entries(operations).flatMap(([id, of]) =>
      of.map((change) => ({ type, about: `operation ${id.slice(0, 6)}… `, ...change })),
    ),
  ]);
  if (rows.length === 0) return <p className="quiet">No field changed.</p>;
  return (
    <Scroll label="What it changed">
      <table className="table changes">
        <thead>
          <tr>
            <th>Field</th>
            <th>Before</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ type, about, path, before, after }) => (
            <tr key={`${type} ${about}${path}`}>
              <td className="mono">
                {about}
                {path === '' ? 'all of it' : path}
              </td>
              <td className="mono was">{plain(before)}</td>
              <td className="mono is">{plain(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
