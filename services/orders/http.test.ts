import { MemoryHandle } from '@refrain/testing';
import type { InjectOptions } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { ordersDoor } from './http.ts';
import { order } from './order.ts';
import { OrdersReadModel } from './read-model.ts';
import { ordersService } from './service.ts';

const body = {
  customer: { email: 'ada@example.org' },
  lines: [
    { sku: 'tea-001', quantity: 2 },
    { sku: 'rare-001', quantity: 1 },
  ],
  paymentMethod: 'pm_card_visa',
};

function open({ follows = true } = {}) {
  const handle = new MemoryHandle(ordersService({ deadlineMs: 900_000 }));
  const readModel = new OrdersReadModel(':memory:');
  if (follows) handle.follow(readModel);
  const door = ordersDoor({ handle, readModel, isReady: () => true });
  onTestFinished(() => door.close().then(() => readModel.close()));
  const place = (key: string, payload: object = body, headers: Record<string, string> = {}) =>
    door.inject({ method: 'POST', url: '/orders', payload, headers: { 'idempotency-key': key, ...headers } });
  const placed = async (key: string) => (await place(key)).json<{ orderId: string }>().orderId;
  const cancel = (orderId: string, options: InjectOptions = {}) =>
    door.inject({ method: 'POST', url: `/orders/${orderId}/cancellation`, ...options });
  /** What the other services would have told. */
  const complete = async (orderId: string) => {
    const origin = (n: number) => ({ cause: `event:${n}`, correlation: orderId });
    await handle.execute(order.acceptPayment({ orderId, kept: true }), origin(1));
    await handle.execute(order.acceptReservation({ orderId }), origin(2));
  };
  return { handle, door, readModel, place, placed, cancel, complete };
}

test('an order is taken, and can be seen at once', async () => {
  const { door, place } = open();
  const response = await place('k-1');
  expect(response.statusCode).toBe(202);
  const { orderId, status } = response.json();
  expect(status).toBe('placed');
  expect(response.headers).toMatchObject({
    location: `/orders/${orderId}`,
    'refrain-correlation-id': orderId,
  });
  expect(response.headers['idempotency-replayed']).toBeUndefined();
  expect((await door.inject(`/orders/${orderId}`)).json()).toEqual({
    orderId,
    status: 'placed',
    lines: [
      { sku: 'tea-001', quantity: 2, unitPrice: { minor: 150, currency: 'EUR' } },
      { sku: 'rare-001', quantity: 1, unitPrice: { minor: 9_900, currency: 'EUR' } },
    ],
    total: { minor: 10_200, currency: 'EUR' },
  });
});

test('an order whose placing the log lost is shown as it is known, and placed again it is answered as before', async () => {
  const { handle, door, place } = open();
  const { orderId } = (await place('k-1')).json<{ orderId: string }>();
  const origin = { cause: 'event:1', correlation: orderId };
  const other = open();
  await other.handle.execute(order.acceptPayment({ orderId, kept: true }), origin);
  const again = await other.place('k-1');
  expect([again.statusCode, again.json()]).toEqual([202, { orderId, status: 'placed' }]);
  expect((await other.door.inject(`/orders/${orderId}`)).json()).toEqual({
    orderId,
    status: 'cancelling',
    reason: 'unknown',
    lines: [],
    total: { minor: 0, currency: 'EUR' },
  });
  expect((await door.inject(`/orders/${orderId}`)).json()).toMatchObject({ status: 'placed' });
  expect(handle.commits).toHaveLength(1);
});

test('the same again is the first answer, also after it settled', async () => {
  const { handle, place, complete } = open();
  const first = await place('k-1');
  await complete(first.json().orderId);
  const commits = handle.commits.length;
  const again = await place('k-1');
  expect(again.statusCode).toBe(202);
  expect(again.body).toBe(first.body);
  expect(again.headers['location']).toBe(first.headers['location']);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(handle.commits).toHaveLength(commits);
});

test('the same body with its fields in another order is the same', async () => {
  const { place } = open();
  await place('k-1');
  const { customer, lines, paymentMethod } = body;
  expect((await place('k-1', { paymentMethod, lines, customer })).statusCode).toBe(202);
});

test('the same key with another body is refused, and the order stays', async () => {
  const { door, place, placed } = open();
  const orderId = await placed('k-1');
  for (const other of [
    { ...body, paymentMethod: 'pm_card_chargeDeclined' },
    { ...body, lines: body.lines.toReversed() },
  ]) {
    const response = await place('k-1', other);
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:idempotency-key-reused' });
  }
  expect((await door.inject(`/orders/${orderId}`)).json()).toMatchObject({ status: 'placed' });
});

test('the scope of a key is the client', async () => {
  const { place } = open();
  const ids = await Promise.all(
    [{}, { 'refrain-client': 'shop' }, { 'refrain-client': 'app' }].map(async (headers) => {
      const response = await place('k-1', body, headers);
      return response.json<{ orderId: string }>().orderId;
    }),
  );
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

test('an order without a key is refused', async () => {
  const { door, handle } = open();
  const response = await door.inject({ method: 'POST', url: '/orders', payload: body });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:idempotency-key-missing' });
  expect(handle.commits).toHaveLength(0);
});

const tea = (quantity: unknown) => ({ ...body, lines: [{ sku: 'tea-001', quantity }] });
const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ sku: `tea-00${(i % 9) + 1}`, quantity: 1 }));

test.each([
  ['a field it does not know', { ...body, coupon: 'x' }],
  ['a line with a field it does not know', { ...body, lines: [{ sku: 'tea-001', quantity: 1, price: 0 }] }],
  ['an SKU the shop does not sell', { ...body, lines: [{ sku: 'tea-010', quantity: 1 }] }],
  ['the same SKU twice', { ...body, lines: [...lines(1), ...lines(1)] }],
  ['no piece', tea(0)],
  ['more than 1000 pieces', tea(1_001)],
  ['half a piece', tea(1.5)],
  ['a quantity in letters', tea('2')],
  ['no line', { ...body, lines: [] }],
  ['over 50 lines', { ...body, lines: lines(51) }],
  ['no address', { ...body, customer: { email: 'ada' } }],
  ['no way to pay', { ...body, paymentMethod: '' }],
])('an order with %s is refused', async (_, payload) => {
  const { handle, place } = open();
  const response = await place('k-1', payload);
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:body-invalid' });
  expect(handle.commits).toHaveLength(0);
});

test.each([1, 1_000])('%i pieces of a line are fine', async (quantity) => {
  expect((await open().place('k-1', tea(quantity))).statusCode).toBe(202);
});

test('the answer and the events carry the trace of the request', async () => {
  const { handle, place } = open();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect((await place('k-1', body, { traceparent })).headers['traceparent']).toBe(traceparent);
  expect(handle.commits[0]?.body().events[0]?.trace).toBe(traceparent);
});

test('an order that is placed can be cancelled, and again', async () => {
  const { placed, cancel, door } = open();
  const orderId = await placed('k-1');
  const first = await cancel(orderId);
  expect(first.statusCode).toBe(202);
  expect(first.json()).toEqual({ orderId, status: 'cancelling' });
  expect((await cancel(orderId, { payload: {} })).statusCode).toBe(202);
  const shown = (await door.inject(`/orders/${orderId}`)).json();
  expect(shown).toMatchObject({ status: 'cancelling', reason: 'requested' });
});

test('an order that is completed cannot be cancelled any more, and says when it settled', async () => {
  const { placed, cancel, complete, door } = open();
  const orderId = await placed('k-1');
  await complete(orderId);
  const response = await cancel(orderId);
  expect(response.statusCode).toBe(409);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:order-completed' });
  const shown = (await door.inject(`/orders/${orderId}`)).json();
  expect(shown).toMatchObject({ status: 'completed', settledAt: '1970-01-01T00:00:03.000Z' });
});

test('an order that nobody placed is unknown, and asking leaves no trace of it', async () => {
  const { handle, door, cancel } = open();
  expect((await door.inject('/orders/none')).statusCode).toBe(404);
  expect((await cancel('none')).json()).toMatchObject({ type: 'urn:refrain:problem:order-unknown' });
  expect(handle.commits).toHaveLength(0);
});

test('an order that the read model lacks is answered from the log', async () => {
  const { door, placed, readModel } = open({ follows: false });
  const orderId = await placed('k-1');
  expect(readModel.find(orderId)).toBeUndefined();
  expect((await door.inject(`/orders/${orderId}`)).json()).toMatchObject({ orderId, status: 'placed' });
});

test('orders are listed as they were placed, page by page and by status', async () => {
  const { door, placed, complete } = open();
  const ids = [await placed('a'), await placed('b'), await placed('c')];
  await complete(ids[1] ?? '');
  const list = async (query: string) =>
    (await door.inject(`/orders?${query}`)).json<{ orderId: string }[]>().map(({ orderId }) => orderId);
  expect(await list('')).toEqual(ids);
  expect(await list('limit=2')).toEqual(ids.slice(0, 2));
  expect(await list(`limit=2&after=${ids[1]}`)).toEqual(ids.slice(2));
  const next = async (query: string) => (await door.inject(`/orders?${query}`)).headers['link'];
  expect(await next('limit=2')).toBe(`</orders?limit=2&after=${ids[1]}>; rel="next"`);
  expect(await next(`limit=2&after=${ids[1]}`)).toBeUndefined();
  const newest = ids.toReversed();
  expect(await list('first=newest')).toEqual(newest);
  expect(await list(`first=newest&limit=1&after=${newest[0]}`)).toEqual([newest[1]]);
  expect(await list('first=newest&status=placed')).toEqual([ids[2], ids[0]]);
  expect(await next('first=newest&limit=2')).toBe(
    `</orders?first=newest&limit=2&after=${newest[1]}>; rel="next"`,
  );
  expect(await list('status=completed')).toEqual([ids[1]]);
  expect(await list(`status=placed&after=${ids[0]}`)).toEqual([ids[2]]);
});

test.each([
  ['limit=abc', 'limit: expected a number, found something else'],
  ['limit=1.5', 'limit: expected a whole number, found 1.5'],
])('a list by ?%s says what was found', async (query, said) => {
  expect((await open().door.inject(`/orders?${query}`)).body).toContain(said);
});

test.each(['status=lost', 'limit=0', 'limit=1001', 'page=2'])('a list by ?%s is refused', async (query) => {
  const { door } = open();
  const response = await door.inject(`/orders?${query}`);
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:query-invalid' });
});

test('a list behind an order that nobody placed is refused', async () => {
  expect((await open().door.inject('/orders?after=none')).statusCode).toBe(404);
});
