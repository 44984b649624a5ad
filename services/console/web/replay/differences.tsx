import { Link } from '@tanstack/react-router';
import type { DifferenceSeen, ReplaySeen } from '@refrain/console/api';
import { Json } from '../parts/json.tsx';
import { At } from '../parts/when.tsx';
import { number, shortId } from '../parts/words.ts';

/** Each decision that comes out otherwise today: what was recorded, beside what would be. */
export function Differences({ report }: { report: ReplaySeen }) {
  const { differences, different, service } = report;
  if (differences.length === 0)
    return <p className="notice tone-good">Today’s code decides all of it as it was decided.</p>;
  return (
    <div className="stack">
      {differences.length < different ? (
        <p className="quiet">
          The first {number(differences.length)} of {number(different)}.
        </p>
      ) : null}
      {differences.map((difference) => (
        <Difference
          key={`${difference.entity} ${difference.seq}`}
          difference={difference}
          service={service}
        />
      ))}
    </div>
  );
}

function Difference({ difference, service }: { difference: DifferenceSeen; service: string }) {
  const { entity, seq, at, reaction, correlation, recorded, decided, problem, derived } = difference;
  const types = (events: DifferenceSeen['recorded']): string =>
    events.map(({ type }) => type).join(', ') || 'nothing';
  return (
    <details className="difference">
      <summary>
        <strong>{reaction}</strong>
        <span className="quiet">
          {entity.split('/').map(shortId).join('/')} at {seq} of {service}, <At at={at} />
        </span>
        <span>
          <span className="was">{types(recorded)}</span> → <span className="is">{types(decided)}</span>
          {derived === true ? <span className="quiet"> follows from an earlier one</span> : null}
        </span>
      </summary>
      {problem === undefined ? null : <p className="notice tone-bad">{problem}</p>}
      <div className="columns">
        <div className="stack">
          <h3>Recorded</h3>
          <Json value={recorded} label="Recorded" />
        </div>
        <div className="stack">
          <h3>Decided today</h3>
          <Json value={decided} label="Decided today" />
        </div>
      </div>
      <Link to="/orders/$orderId" params={{ orderId: correlation }}>
        Its order
      </Link>
    </details>
  );
}
