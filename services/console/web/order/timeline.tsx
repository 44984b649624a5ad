import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { z } from 'zod';
import type { FlowEventSeen, OrderPage } from '@refrain/console/api';
import { Json } from '../parts/json.tsx';
import { Panel } from '../parts/panel.tsx';
import { At } from '../parts/when.tsx';
import { offset, shortId } from '../parts/words.ts';

const stepRows = 60;

const failed = z.object({ n: z.number(), failure: z.string(), class: z.string() });

/** Of a failed attempt what failed, else why it was recorded. */
function aboutOf({ type, data, reaction }: FlowEventSeen): string {
  const read = type === 'refrain.AttemptFailed' ? failed.safeParse(data).data : undefined;
  return read ? `attempt ${read.n}: ${read.failure} (${read.class})` : reaction;
}

/** All events of the flow by time, each in the lane of its service. */
export function Timeline({ order }: { order: OrderPage }) {
  const [rows, setRows] = useState(stepRows);
  const { events } = order;
  const lanes = [...new Set(events.map(({ service }) => service))];
  const begin = events[0]?.at ?? 0;
  return (
    <Panel
      title="Timeline"
      flush
      aside={
        <span className="lane-names small">
          {lanes.map((lane, i) => (
            <span key={lane} className={`lane-name lane-${i % 5}`}>
              {lane}
            </span>
          ))}
        </span>
      }
      foot={
        events.length > rows ? (
          <>
            <span>
              {rows} of {events.length} events
            </span>
            <button type="button" className="button" onClick={() => setRows(rows + stepRows)}>
              Show more
            </button>
          </>
        ) : undefined
      }
    >
      <ol className="timeline">
        {events.slice(0, rows).map((event) => (
          <TimelineRow
            key={event.id}
            event={event}
            lane={lanes.indexOf(event.service)}
            lanes={lanes.length}
            begin={begin}
          />
        ))}
      </ol>
    </Panel>
  );
}

interface RowProps {
  event: FlowEventSeen;
  lane: number;
  lanes: number;
  begin: number;
}

function TimelineRow({ event, lane, lanes, begin }: RowProps) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details className="event" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span className="number quiet event-at">{offset(event.at - begin)}</span>
          <Lanes lane={lane} lanes={lanes} kind={event.kind} />
          <span className="event-type">{event.type}</span>
          <span className="quiet event-about">{aboutOf(event)}</span>
          <span className="quiet event-service">{event.service}</span>
        </summary>
        {open ? <EventDetails event={event} /> : null}
      </details>
    </li>
  );
}

const laneWidth = 16;

/** A line for each service, and a dot on the one that recorded: its shape says what kind of event it was. */
function Lanes({ lane, lanes, kind }: { lane: number; lanes: number; kind: FlowEventSeen['kind'] }) {
  const at = lane * laneWidth + laneWidth / 2;
  return (
    <svg className="lanes" width={lanes * laneWidth} height="30" aria-hidden="true">
      {Array.from({ length: lanes }, (_, i) => (
        <path key={i} d={`M${i * laneWidth + laneWidth / 2} 0v30`} className="lane-line" />
      ))}
      {kind === 'failure' ? (
        <path d={`M${at - 4} 11l8 8M${at + 4} 11l-8 8`} className="dot-failure" />
      ) : kind === 'undo' ? (
        <path d={`M${at - 5} 15l7-5v10z`} className="dot-undo" />
      ) : (
        <circle cx={at} cy="15" r={kind === 'platform' ? 2.5 : 4.5} className={`dot lane-${lane % 5}`} />
      )}
    </svg>
  );
}

function EventDetails({ event }: { event: FlowEventSeen }) {
  const { entity, seq, cause, reaction, operation, version, at, data, service } = event;
  return (
    <div className="event-details">
      <dl className="facts">
        <dt>at</dt>
        <dd>
          <At at={at} />
        </dd>
        <dt>entity</dt>
        <dd className="mono">
          {entity}{' '}
          <span className="quiet">
            at {seq} of {service}
          </span>
        </dd>
        <dt>cause</dt>
        <dd className="mono">{cause}</dd>
        <dt>reaction</dt>
        <dd>{reaction}</dd>
        {operation === undefined ? null : (
          <>
            <dt>operation</dt>
            <dd>
              <Link to="." search={{ view: 'operations', operation }} className="mono">
                {shortId(operation)}
              </Link>
            </dd>
          </>
        )}
        <dt>version</dt>
        <dd>{version}</dd>
      </dl>
      <Json value={data} label={`Payload of ${event.type}`} />
    </div>
  );
}
