import type { OperationSeen } from '@refrain/console/api';
import { OrderLink } from '../parts/order-link.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Status } from '../parts/status.tsx';
import { Away, useNow } from '../parts/when.tsx';
import { duration, shortId } from '../parts/words.ts';
import { OperationActions } from './operation-actions.tsx';

/** Every operation without an outcome, oldest first; one clock moves all due times. */
export function Queue({ operations }: { operations: readonly OperationSeen[] }) {
  const now = useNow();
  return (
    <Scroll label="The queue">
      <table className="table">
        <thead>
          <tr>
            <th>Operation</th>
            <th>State</th>
            <th>Due</th>
            <th>Attempts</th>
            <th>Why</th>
            <th>
              <span className="unseen">What one can do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {operations.map((operation) => (
            <tr key={operation.id}>
              <td>
                <OrderLink orderId={operation.flow} operation={operation.id} className="mono">
                  {shortId(operation.id)}
                </OrderLink>
                <div className="quiet small">
                  {operation.effect} at {operation.dependency}
                </div>
              </td>
              <td>
                <Status status={operation.state} />
                <div className="quiet small">
                  for {duration(Math.max(0, now - Date.parse(operation.since)))}
                </div>
              </td>
              <td>
                <Due operation={operation} now={now} />
              </td>
              <td>
                {operation.attempts} of {operation.attemptsMax}
              </td>
              <td className="queue-why">
                <Reason operation={operation} />
              </td>
              <td>
                <OperationActions operation={operation} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Due({ operation: { due, held }, now }: { operation: OperationSeen; now: number }) {
  if (held)
    return (
      <>
        <span className="held-text">held</span>
        {held.until === undefined ? null : (
          <div className="quiet small">
            until <Away at={held.until} now={now} />
          </div>
        )}
      </>
    );
  return due === undefined ? <span className="quiet">no time</span> : <Away at={due} now={now} />;
}

function Reason({ operation: { lastFailure, held, defect, asked } }: { operation: OperationSeen }) {
  return (
    <>
      {lastFailure ? (
        <div>
          <strong>{lastFailure.name}</strong>{' '}
          <span className="quiet">
            ({lastFailure.class}, happened: {lastFailure.happened})
          </span>
          {lastFailure.reason === undefined ? null : <div className="quiet small">{lastFailure.reason}</div>}
        </div>
      ) : (
        <span className="quiet">no attempt failed</span>
      )}
      {held?.reason === undefined ? null : <div className="held-text small">{held.reason}</div>}
      {defect ? <div className="small failing-text">{defect.error}</div> : null}
      {asked === undefined ? null : <div className="small">a person asked: {asked}</div>}
    </>
  );
}
