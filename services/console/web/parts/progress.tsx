import type { Errand } from '@refrain/console/api';
import { stop } from '../data/errand.ts';
import { Status } from './status.tsx';

/** How far it is, and a way to end it. */
export function Progress({ of }: { of: Errand }) {
  const { id, kind, about, state, progress, share, problem } = of;
  return (
    <div className="stack" role="status">
      <div className="row">
        <Status status={state} />
        <strong>{kind}</strong>
        <span className="quiet">{about}</span>
        {state === 'running' ? (
          <button type="button" className="button" onClick={() => void stop(id)}>
            Stop
          </button>
        ) : null}
      </div>
      {state === 'running' ? (
        <progress
          className="progress"
          max={1}
          aria-label={`${kind}: ${progress}`}
          {...(share === undefined ? {} : { value: share })}
        />
      ) : null}
      <p className="quiet small">{problem ?? progress}</p>
    </div>
  );
}
