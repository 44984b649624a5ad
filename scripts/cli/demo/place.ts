import { follow, isSettled } from '../orders/follow.ts';
import type { Answer, OrdersClient } from '../orders/orders-client.ts';
import type { PlannedOrder } from './mix.ts';
import { type Kind, rightEnds } from './mix.ts';

export interface Ended {
  readonly kind: Kind;
  readonly key: string;
  readonly orderId?: string;
  /** `completed`, `cancelled: out_of_stock`, or where it stands when the time was over. */
  readonly end: string;
  readonly settled: boolean;
  /** It was known before this run: the same seed ran on this shop already. */
  readonly replayed: boolean;
  /** The order ended in a way that its kind does not account for. With faults at work that is no wrong. */
  readonly unexpected: boolean;
  /** The shop broke a promise of its door. */
  readonly broken?: string;
}

/** Places one order of the mix in the way its kind wants, and follows it until it settles. */
export async function placeAndFollow(
  client: OrdersClient,
  planned: PlannedOrder,
  untilMs: number,
): Promise<Ended> {
  const { kind, key } = planned;
  const { answer, broken } = await place(client, planned);
  const common = { kind, key, ...(broken !== undefined && { broken }) };
  if (answer.outcome === 'refused') {
    const end = `refused ${answer.status}: ${answer.why}`;
    return { ...common, broken: broken ?? end, end, settled: false, replayed: false, unexpected: true };
  }
  const { orderId, replayed } = answer;
  if (kind === 'cancelled by customer') await client.cancel(orderId);
  const order = await follow(client, orderId, { untilMs });
  const end = order.reason === undefined ? order.status : `${order.status}: ${order.reason}`;
  const settled = isSettled(order);
  return {
    ...common,
    orderId,
    end,
    settled,
    replayed,
    unexpected: settled && !rightEnds[kind].includes(end),
  };
}

interface Placed {
  readonly answer: Answer;
  readonly broken?: string;
}

async function place(client: OrdersClient, { kind, key, request }: PlannedOrder): Promise<Placed> {
  if (kind === 'sent twice') {
    const [first, second] = await Promise.all([client.place(request, key), client.place(request, key)]);
    if (first.outcome !== 'accepted' || second.outcome !== 'accepted' || first.orderId !== second.orderId) {
      return { answer: first, broken: 'the same request twice did not give one order' };
    }
    // One of the two is the first answer again; only if both are was the order there before.
    return { answer: { ...first, replayed: first.replayed && second.replayed } };
  }
  const answer = await client.place(request, key);
  if (kind !== 'key reused') return { answer };
  const other = {
    ...request,
    lines: request.lines.map((line) => ({ ...line, quantity: line.quantity + 1 })),
  };
  const second = await client.place(other, key);
  const refused = second.outcome === 'refused' && second.status === 422;
  return refused
    ? { answer }
    : { answer, broken: 'another request under the same key was not refused with 422' };
}
