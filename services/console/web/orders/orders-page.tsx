import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import type { OrderSeen } from '@refrain/console/api';
import { ordersQuery } from '../data/queries.ts';
import { OrderLink } from '../parts/order-link.tsx';
import { Pager, usePages } from '../parts/pager.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Segments } from '../parts/segments.tsx';
import { Awaited, Empty } from '../parts/state.tsx';
import { Status } from '../parts/status.tsx';
import { At } from '../parts/when.tsx';
import { euros, shortId } from '../parts/words.ts';
import { useSession } from '../shell/session.ts';
import { PlaceOrder } from './place-order.tsx';

const filters = [
  { value: '', says: 'all' },
  { value: 'placed', says: 'placed' },
  { value: 'cancelling', says: 'cancelling' },
  { value: 'completed', says: 'completed' },
  { value: 'cancelled', says: 'cancelled' },
] as const;

export function OrdersPage() {
  const { status, query } = useSearch({ from: '/orders' });
  const navigate = useNavigate();
  const { sandboxes } = useSession();
  const pages = usePages(`${status} ${query}`);
  const asked = useQuery(ordersQuery({ status, query, after: pages.after }));
  const { data, isPlaceholderData } = asked;
  const [only] = data?.items ?? [];
  if (query !== undefined && !isPlaceholderData && only && data?.found)
    return (
      <Navigate
        to="/orders/$orderId"
        params={{ orderId: only.orderId }}
        search={data.found === 'operation' ? { operation: query } : {}}
        replace
      />
    );
  return (
    <>
      <PageHead
        title="Orders"
        text="Newest first. The search above finds an order by its id, or by the id of one of its operations."
      >
        {sandboxes.length > 0 ? <PlaceOrder /> : null}
      </PageHead>
      <Panel
        title={query === undefined ? 'All orders' : `Search for ${query}`}
        aside={
          <Segments
            label="Status"
            options={filters}
            value={filters.find(({ value }) => value === status)?.value ?? ''}
            onChange={(value) =>
              void navigate({ to: '/orders', search: { status: value === '' ? undefined : value } })
            }
          />
        }
        flush
        foot={
          data ? <Pager pages={pages} next={data.next} shown={data.items.length} what="orders" /> : undefined
        }
      >
        {!data ? (
          <Awaited
            asked={asked}
            what="orders"
            lines={8}
            failed="The orders are not there"
            command="npx refrain doctor"
          />
        ) : data.items.length === 0 ? (
          <NoOrders query={query} />
        ) : (
          <OrdersTable orders={data.items} />
        )}
      </Panel>
    </>
  );
}

function NoOrders({ query }: { query: string | undefined }) {
  if (query === undefined)
    return (
      <Empty
        title="No order here"
        text="Place one, and it shows at once."
        command="npx refrain order tea-001:2"
      />
    );
  return (
    <Empty
      title="Nobody knows this id"
      text="It is neither an order nor an operation. Ids have 26 letters and digits: take the whole of it."
      command={`npx refrain why ${query}`}
    />
  );
}

function OrdersTable({ orders }: { orders: readonly OrderSeen[] }) {
  return (
    <Scroll label="Orders">
      <table className="table">
        <thead>
          <tr>
            <th>Order</th>
            <th>Status</th>
            <th>Lines</th>
            <th className="number">Total</th>
            <th className="number">Settled</th>
          </tr>
        </thead>
        <tbody>
          {orders.map(({ orderId, status, reason, lines, total, settledAt }) => (
            <tr key={orderId}>
              <td>
                <OrderLink orderId={orderId} className="mono">
                  {shortId(orderId)}
                </OrderLink>
              </td>
              <td>
                <Status status={status} />{' '}
                {reason === undefined ? null : <span className="quiet">{reason}</span>}
              </td>
              <td>{lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}</td>
              <td className="number">{euros(total)}</td>
              <td className="number">
                {settledAt === undefined ? <span className="quiet">not yet</span> : <At at={settledAt} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
