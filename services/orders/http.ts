import { cause, orderIdOf, requestHashOf } from '@refrain/contract-kit';
import {
  type DoorOptions,
  keyReused,
  openDoor,
  Problem,
  readStrictly,
  requestKeyOf,
  traceOf,
} from '@refrain/http';
import type { ServiceHandle } from '@refrain/runtime';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Order, order } from './order.ts';
import { isSold, priced } from './prices.ts';
import type { OrdersReadModel } from './read-model.ts';
import type { OrderView } from './read-model-generation.ts';

const line = z.strictObject({
  sku: z.string().max(64).refine(isSold, 'the shop does not sell it'),
  quantity: z.int().min(1).max(1_000),
});
const placing = z.strictObject({
  customer: z.strictObject({ email: z.email().max(254) }),
  lines: z
    .array(line)
    .min(1)
    .max(50)
    .refine(
      (lines) => new Set(lines.map(({ sku }) => sku)).size === lines.length,
      'one SKU stands there twice',
    ),
  paymentMethod: z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'expected a name such as pm_card_visa'),
});
const query = z.strictObject({
  status: z.enum(['placed', 'cancelling', 'completed', 'cancelled']).optional(),
  first: z.enum(['oldest', 'newest']).default('oldest'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.string().max(64).optional(),
});
const nothing = z.strictObject({}).nullish();
const orderIdOfPath = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected an id of an order'),
});

/** What the log knows of an order. Where its placing was lost with the log's tail, nobody knows its lines. */
const lostPlacing = { lines: [], total: { minor: 0, currency: 'EUR' } } as const;

function viewOf(orderId: string, { status, placing: placed, reason }: Order): OrderView | undefined {
  if (status === 'none') return undefined;
  const { lines, total } = placed ?? lostPlacing;
  return { orderId, status, ...(reason && { reason }), lines, total };
}

const unknownOrder = (orderId: string): Problem =>
  new Problem({
    status: 404,
    type: 'order-unknown',
    title: 'No such order',
    detail: `There is no order ${orderId}. Nothing was done.`,
  });

/** The list is whole or not there; a single order is answered from the log meanwhile. */
const beingBuilt = (): Problem =>
  new Problem({
    status: 503,
    type: 'orders-being-built',
    title: 'The list of orders is being built',
    detail: 'This process reads the log for the first time and shows no half of it. Ask again in a moment.',
  });

const completedOrder = (orderId: string): Problem =>
  new Problem({
    status: 409,
    type: 'order-completed',
    title: 'The order is completed',
    detail: `The order ${orderId} is completed and cannot be cancelled any more. Nothing was done.`,
  });

const accepted = (reply: FastifyReply, orderId: string) =>
  reply.code(202).header('location', `/orders/${orderId}`).header('refrain-correlation-id', orderId);

function nextPage({ status, first, limit }: z.output<typeof query>, after: string): string {
  const asked = new URLSearchParams({
    ...(status && { status }),
    ...(first === 'newest' && { first }),
    limit: String(limit),
    after,
  });
  return `</orders?${asked.toString()}>; rel="next"`;
}

/** The shop's door: places orders, shows them, cancels them. */
export function ordersDoor({
  handle,
  readModel,
  ...options
}: DoorOptions & { handle: ServiceHandle; readModel: OrdersReadModel }) {
  const door = openDoor(options);
  const stateOf = async (orderId: string) => (await handle.stateOf('order', orderId)).state as Order;

  door.post('/orders', async (request, reply) => {
    const { client, idempotencyKey } = requestKeyOf(request.headers);
    const body = readStrictly(placing, request.body, 'body');
    const { customer, paymentMethod } = body;
    const orderId = orderIdOf({ platformId: handle.platformId, client, idempotencyKey });
    const requestHash = requestHashOf(body);
    const { state, replayed } = await handle.execute(
      order.place({ orderId, customer, ...priced(body.lines), paymentMethod, requestHash }),
      {
        cause: cause.request(client, idempotencyKey),
        correlation: orderId,
        traceparent: traceOf(request, orderId),
      },
    );
    // Where the log lost the placing, nobody can say any more that the body was another one.
    const known = (state as Order).placing?.requestHash;
    if (known !== undefined && known !== requestHash) throw keyReused();
    if (replayed) reply.header('idempotency-replayed', 'true');
    // The first answer, also after it has settled.
    return accepted(reply, orderId).send({ orderId, status: 'placed' });
  });

  door.get('/orders/:id', async (request, reply) => {
    const { id } = readStrictly(orderIdOfPath, request.params, 'order-id');
    // What the read model has not read yet is in the log.
    const view = readModel.find(id) ?? viewOf(id, await stateOf(id));
    if (!view) throw unknownOrder(id);
    return reply.header('refrain-correlation-id', id).send(view);
  });

  door.get('/orders', async (request, reply) => {
    const asked = readStrictly(query, request.query, 'query');
    // One more than was asked for tells whether there are more.
    if (readModel.isIdle()) throw beingBuilt();
    const listed = readModel.list({ ...asked, limit: asked.limit + 1 });
    if (!listed) throw unknownOrder(asked.after ?? '');
    const page = listed.slice(0, asked.limit);
    if (listed.length > page.length) reply.header('link', nextPage(asked, page.at(-1)?.orderId ?? ''));
    return page;
  });

  door.post('/orders/:id/cancellation', async (request, reply) => {
    const { id: orderId } = readStrictly(orderIdOfPath, request.params, 'order-id');
    readStrictly(nothing, request.body, 'body');
    if ((await stateOf(orderId)).status === 'none') throw unknownOrder(orderId);
    const { state } = await handle.execute(order.cancel({ orderId, reason: 'requested' }), {
      cause: cause.request('cancellation', orderId),
      correlation: orderId,
      traceparent: traceOf(request, orderId),
    });
    const { status } = state as Order;
    if (status === 'completed') throw completedOrder(orderId);
    return accepted(reply, orderId).send({ orderId, status });
  });
  return door;
}
