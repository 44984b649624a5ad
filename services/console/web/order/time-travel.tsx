import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { EntityPage, OrderPage } from '@refrain/console/api';
import { entityQuery } from '../data/queries.ts';
import { Command } from '../parts/command.tsx';
import { Json } from '../parts/json.tsx';
import { Panel } from '../parts/panel.tsx';
import { Segments } from '../parts/segments.tsx';
import { Awaited, Empty } from '../parts/state.tsx';
import { Status } from '../parts/status.tsx';
import { At } from '../parts/when.tsx';
import { Changes } from './changes.tsx';

/** Each entity of the flow as it was at any place of its log. */
export function TimeTravel({ order }: { order: OrderPage }) {
  const { entity, at } = useSearch({ from: '/orders/$orderId' });
  const navigate = useNavigate({ from: '/orders/$orderId' });
  const nameOf = ({ service, type, id }: OrderPage['entities'][number]): string => `${service}/${type}/${id}`;
  const chosen = order.entities.find((one) => nameOf(one) === entity) ?? order.entities[0];
  const asked = useQuery({
    ...entityQuery(chosen ? { ...chosen, at } : { service: '', type: '', id: '' }),
    enabled: chosen !== undefined,
  });
  const { data } = asked;
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
        <Past page={data} asked={at} onTravel={(seq) => go({ at: seq })} />
      ) : (
        <Awaited
          asked={asked}
          what="the state"
          failed="This state cannot be shown"
          command={`npx refrain state ${chosen.service} ${chosen.type}/${chosen.id}`}
        />
      )}
    </Panel>
  );
}

interface PastProps {
  page: EntityPage;
  /** Where one wants to be: the slider is there before the answer is. */
  asked: number | undefined;
  onTravel: (seq: number) => void;
}

function Past({ page, asked, onTravel }: PastProps) {
  const { positions, seq, at, changes, service, entity } = page;
  const found = positions.findIndex((position) => position.seq === (asked ?? seq));
  const place = found < 0 ? positions.length - 1 : found;
  return (
    <div className="stack">
      <Slider positions={positions} place={place} onTravel={onTravel} />
      <p className="row" role="status">
        <strong>{positions[place]?.types.join(', ')}</strong>
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
        <StateAfter page={page} />
      </div>
      <Command text={`npx refrain state ${service} ${entity} --at ${seq}`} />
    </div>
  );
}

interface SliderProps {
  positions: EntityPage['positions'];
  place: number;
  onTravel: (seq: number) => void;
}

function Slider({ positions, place, onTravel }: SliderProps) {
  const last = positions.length - 1;
  const here = positions[place]?.types.join(', ') ?? 'nothing yet';
  const travel = (to: number): void => {
    const position = positions[to];
    if (position) onTravel(position.seq);
  };
  return (
    <div className="travel">
      <button type="button" className="button" disabled={place <= 0} onClick={() => travel(place - 1)}>
        Earlier
      </button>
      <input
        className="travel-slider"
        type="range"
        aria-label="Place in the log of this entity"
        aria-valuetext={`${place + 1} of ${positions.length}: ${here}`}
        min={0}
        max={Math.max(0, last)}
        value={Math.max(0, place)}
        onChange={({ target }) => travel(target.valueAsNumber)}
      />
      <button type="button" className="button" disabled={place >= last} onClick={() => travel(place + 1)}>
        Later
      </button>
    </div>
  );
}

function StateAfter({ page: { state, operations, entity } }: { page: EntityPage }) {
  return (
    <div className="stack">
      <h3>State after it</h3>
      <Json value={state} label={`State of ${entity}`} />
      {operations.map(({ id, effect, status, attempts, lastFailure }) => (
        <p key={id} className="row">
          {effect} <Status status={status} />
          <span className="quiet">
            {attempts} attempts{lastFailure === undefined ? '' : `, last ${lastFailure}`}
          </span>
        </p>
      ))}
    </div>
  );
}
