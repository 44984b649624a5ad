import './order.css';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { OrderPage as Order } from '@refrain/console/api';
import { orderQuery } from '../data/queries.ts';
import { Command } from '../parts/command.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead, Panel, Tile } from '../parts/panel.tsx';
import { Awaited, Missing } from '../parts/state.tsx';
import { Status } from '../parts/status.tsx';
import { At, useNow } from '../parts/when.tsx';
import { duration, euros } from '../parts/words.ts';
import { useSession } from '../shell/session.ts';
import { Causes } from './causes.tsx';
import { Operations } from './operations.tsx';
import { TimeTravel } from './time-travel.tsx';
import { Timeline } from './timeline.tsx';
import { Waits } from './waits.tsx';

const views = [
  { view: undefined, name: 'Timeline' },
  { view: 'causes', name: 'Causes' },
  { view: 'operations', name: 'Operations' },
  { view: 'states', name: 'States' },
] as const;

/** An order from all sides. */
export function OrderPage() {
  const { orderId } = useParams({ from: '/orders/$orderId' });
  const asked = useQuery(orderQuery(orderId));
  const { data } = asked;
  if (!data)
    return (
      <Panel title="Order">
        <Awaited
          key={orderId}
          asked={asked}
          what="the order"
          lines={9}
          failed="This order cannot be shown"
          command={`npx refrain trace ${orderId}`}
        />
      </Panel>
    );
  return (
    <>
      <Head order={data} />
      <Facts order={data} />
      <Missing names={data.missing} />
      <Views order={data} />
    </>
  );
}

function Head({ order }: { order: Order }) {
  const { traceUrlTemplate } = useSession();
  const { orderId, status, reason, traceId } = order;
  return (
    <PageHead
      title={
        <span className="order-title">
          <span className="quiet">Order</span> <span className="mono">{orderId}</span>{' '}
          <Status status={status} />
        </span>
      }
      text={reason === undefined ? undefined : `Because of: ${reason}`}
    >
      {traceUrlTemplate !== null && traceId !== undefined ? (
        <a
          className="button"
          href={traceUrlTemplate.replaceAll('{traceId}', traceId)}
          target="_blank"
          rel="noreferrer"
        >
          <Icon name="out" /> Trace
        </a>
      ) : null}
      <Command text={`npx refrain trace ${orderId}`} />
    </PageHead>
  );
}

function Facts({ order }: { order: Order }) {
  const now = useNow();
  const placedMs = Date.parse(order.placedAt);
  const tookMs = (order.settledAt === undefined ? now : Date.parse(order.settledAt)) - placedMs;
  const longest = order.waits.toSorted((a, b) => b.ms - a.ms)[0];
  const failed = order.events.filter(({ type }) => type === 'refrain.AttemptFailed').length;
  return (
    <dl className="tiles">
      <Tile label="placed" value={<At at={order.placedAt} />} />
      <Tile
        label={order.settledAt === undefined ? 'under way for' : 'settled after'}
        value={duration(Math.max(0, tookMs))}
      />
      {order.total ? <Tile label="total" value={euros(order.total)} /> : null}
      <Tile
        label="events"
        value={order.events.length}
        hint={order.truncated ? 'the first of more' : 'of all services'}
      />
      <Tile
        label="operations"
        value={order.operations.length}
        hint={`${failed} failed attempts`}
        tone={failed > 0 ? 'warn' : undefined}
      />
      <Tile
        label="longest wait"
        value={longest ? duration(longest.ms) : 'none'}
        hint={longest?.reason ?? 'nothing held it'}
      />
    </dl>
  );
}

function Views({ order }: { order: Order }) {
  const { view, operation } = useSearch({ from: '/orders/$orderId' });
  const navigate = useNavigate({ from: '/orders/$orderId' });
  // Who comes with an operation wants to see it.
  const shown = view ?? (operation === undefined ? undefined : 'operations');
  return (
    <>
      <div className="views" role="group" aria-label="Views of the order">
        {views.map(({ name, view: value }) => (
          <button
            key={name}
            type="button"
            className="view"
            aria-pressed={value === shown}
            onClick={() => void navigate({ search: value === undefined ? {} : { view: value } })}
          >
            {name}
          </button>
        ))}
      </div>
      {shown === 'causes' ? (
        <Causes tree={order.tree} />
      ) : shown === 'operations' ? (
        <Operations operations={order.operations} chosen={operation} />
      ) : shown === 'states' ? (
        <TimeTravel order={order} />
      ) : (
        <div className="stack">
          <Waits waits={order.waits} placedMs={Date.parse(order.placedAt)} />
          <Timeline order={order} />
        </div>
      )}
    </>
  );
}
