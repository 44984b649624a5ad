import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GovernorHistory } from '@refrain/console/api';
import { historyQuery } from '../data/queries.ts';
import { Loading } from '../parts/state.tsx';
import { At } from '../parts/when.tsx';
import { Word } from '../parts/word.tsx';

type Change = GovernorHistory['items'][number];

/** What became different about a dependency, newest first; asked for only when somebody opens it. */
export function History({ dependency }: { dependency: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="summary">History</summary>
      {open ? <Lines dependency={dependency} /> : null}
    </details>
  );
}

function Lines({ dependency }: { dependency: string }) {
  const { data, error } = useQuery(historyQuery(dependency));
  if (!data)
    return error ? <p className="quiet">{error.message}</p> : <Loading what="the history" lines={3} />;
  if (data.items.length === 0) return <p className="quiet">Nothing became different yet.</p>;
  return (
    <ol className="history">
      {data.items.map((change) => (
        <li key={`${change.v} ${change.at} ${change.what}`}>
          <At at={change.at} />
          <Says change={change} />
        </li>
      ))}
    </ol>
  );
}

function Says({ change }: { change: Change }) {
  if (change.what === 'word')
    return (
      <span>
        <Word word={change} /> {change.reason}
      </span>
    );
  if (change.what === 'pinned')
    return (
      <span>
        <Word word={{ ...change.pin, pinned: true }} /> by {change.pin.by}: {change.pin.why}
      </span>
    );
  return (
    <span>
      released by {change.by}: {change.why}
    </span>
  );
}
