import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useId } from 'react';
import type { EntityPage, OrderPage } from '@refrain/console/api';
import { entityQuery } from '../data/queries.ts';
import { Command } from '../parts/command.tsx';
import { Json } from '../parts/json.tsx';
import { Panel } from '../parts/panel.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Failed, Loading } from '../parts/state.tsx';
import { Status } from '../parts/status.tsx';
import { At } from '../parts/when.tsx';
import { Changes } from './changes.tsx';

/** Each entity of the flow as it was at any place of its log. */
export function TimeTravel({ order }: { order: OrderPage }) {
  const { entity, at } = useSearch({ from: '/orders/$orderId' });
  const navigate = useNavigate({ from: '/orders/$orderId' });
  const nameOf = ({ service, type, id }: OrderPage['entities'][number]): string => `${service}/${type}/${id}`;
  const chosen = order.entities.find((one) => nameOf(one) === entity) ?? order.entities[0];
  const { data, error, refetch } = useQuery({
    ...entityQuery(chosen ? { ...chosen, at } : { service: '', type: '', id: '' }),
    enabled: chosen !== undefined,
  });
  if (!chosen)
    return (
      <Panel title="States">
        <Empty title="No entity yet" text="An entity shows with its first event." />
      </Panel>
    );
  const go = (search: { entity?: string; at?: number | undefined }): void =>
    void navigate({ search: { view: 'states', entity: nameOf(chosen), ...search }, replace: true });
  return (
    <Panel
      title="States"
      aside={
        <Segments
          label="Entity"
          options={order.entities.map((one) => ({ value: nameOf(one), says: `${one.service} ${one.type}` }))}
          value={nameOf(chosen)}
          onChange={(name) => go({ entity: name })}
        />
      }
    >
      {data && data.entity === `${chosen.type}/${chosen.id}` && data.service === chosen.service ? (
        <Past page={data} onTravel={(seq) => go({ at: seq })} />
      ) : error ? (
        <Failed
          title="This state cannot be shown"
          error={error}
          retry={() => void refetch()}
          command={`npx refrain state ${chosen.service} ${chosen.type}/${chosen.id}`}
        />
      ) : (
        <Loading what="the state" />
      )}
    </Panel>
  );
}

function Past({ page, onTravel }: { page: EntityPage; onTravel: (seq: number) => void }) {
  const id = useId();
  const { positions, seq, at, state, operations, changes, service, entity } = page;
  const found = positions.findIndex((position) => position.seq === seq);
  const place = found < 0 ? positions.length - 1 : found;
  const here = positions[place];
  const travel = (to: number): void => {
    const position = positions[to];
    if (position) onTravel(position.seq);
  };
  return (
    <div className="stack">
      <div className="travel">
        <button type="button" className="button" disabled={place <= 0} onClick={() => travel(place - 1)}>
          Earlier
        </button>
        <label htmlFor={id} className="travel-slider">
          <span className="unseen">Place in the log of this entity</span>
          <input
            id={id}
            type="range"
            min={0}
            max={Math.max(0, positions.length - 1)}
            value={Math.max(0, place)}
            aria-valuetext={
              here ? `${place + 1} of ${positions.length}: ${here.types.join(', ')}` : 'nothing yet'
            }
            onChange={({ target }) => travel(target.valueAsNumber)}
          />
        </label>
        <button
          type="button"
          className="button"
          disabled={place >= positions.length - 1}
          onClick={() => travel(place + 1)}
        >
          Later
        </button>
      </div>
      <p className="row" role="status">
        <strong>{here?.types.join(', ')}</strong>
        <span className="quiet">
          {place + 1} of {positions.length}
          {page.truncated ? ' (the latest of more)' : ''}, at {seq}
          {at === null ? '' : ', '}
          {at === null ? null : <At at={at} />}
        </span>
      </p>
      <div className="columns">
        <div className="stack">
          <h3>What it changed</h3>
          <Changes events={changes} />
        </div>
        <div className="stack">
          <h3>State after it</h3>
          <Json value={state} label={`State of ${entity}`} />
          {operations.map((operation) => (
            <p key={operation.id} className="row">
              {operation.effect} <Status status={operation.status} />
              <span className="quiet">
                {operation.attempts} attempts
                {operation.lastFailure === undefined ? '' : `, last ${operation.lastFailure}`}
              </span>
            </p>
          ))}
        </div>
      </div>
      <Command text={`npx refrain state ${service} ${entity} --at ${seq}`} />
    </div>
  );
}
