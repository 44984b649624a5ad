import { request as send } from 'node:http';
import { readMetricsPage } from '@refrain/telemetry';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { type Answer, orderBody, shopDoors } from '../support/shop-doors.ts';
import { type ShopStreams, shopStreams } from '../support/shop-streams.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const { orders, inventory } = doors.urls;
const run = Date.now();
const keyed = { 'idempotency-key': `doors-${run}` };

let streams: ShopStreams;
beforeAll(async () => {
  streams = await shopStreams(shop);
});
afterAll(() => streams.close());

/** Asks, and finds that nothing was recorded behind the doors. (A mail of before may just be noted down.) */
async function refused(ask: () => Promise<Answer>): Promise<Answer> {
  const before = await recorded();
  const answer = await ask();
  expect(await recorded()).toEqual(before);
  return answer;
}

async function recorded(): Promise<[number, number]> {
  const lengths = await streams.lengths();
  return [lengths.orders, lengths.inventory];
}

/** Status and type of an answer that is a problem as RFC 9457 has it; the answer itself when it is none. */
function problemOf(answer: Answer): unknown {
  const { status, headers, body } = answer;
  const [, type] = /^urn:refrain:problem:([a-z-]+)$/.exec(String(body['type'])) ?? [];
  const isOne =
    headers.get('content-type') === 'application/problem+json' &&
    body['status'] === status &&
    typeof body['title'] === 'string' &&
    typeof body['detail'] === 'string';
  return isOne && type ? [status, type] : answer;
}

const line = { sku: 'tea-001', quantity: 1 };
const lines = (...wrong: Record<string, unknown>[]): Record<string, unknown> => ({
  ...orderBody(),
  lines: wrong,
});

describe('an order that is refused with 400', () => {
  test.each<[string, unknown]>([
    ['no object', []],
    ['an empty object', {}],
    ['an unknown field', { ...orderBody(), coupon: 'TEA' }],
    ['an unknown field of a line', lines({ ...line, colour: 'green' })],
    ['an unknown field of the customer', { ...orderBody(), customer: { email: 'a@b.example', age: 3 } }],
    ['no customer', { lines: [line], paymentMethod: 'pm_card_visa' }],
    ['an address that is none', orderBody({ customer: { email: 'ada' } })],
    ['an unknown SKU', lines({ sku: 'coffee-001', quantity: 1 })],
    ['the same SKU twice', lines(line, line)],
    ['no lines', lines()],
    ['over 50 lines', lines(...Array.from({ length: 51 }, (_, i) => ({ ...line, sku: `tea-${i}` })))],
    ['no quantity', lines({ sku: 'tea-001' })],
    ['quantity 0', lines({ ...line, quantity: 0 })],
    ['quantity 1001', lines({ ...line, quantity: 1_001 })],
    ['half a piece', lines({ ...line, quantity: 0.5 })],
    ['a quantity in words', lines({ ...line, quantity: '1' })],
    ['no payment method', { customer: { email: 'ada@example.com' }, lines: [line] }],
    ['a payment method that is no name', orderBody({ paymentMethod: '../../v1/charges' })],
  ])('%s', async (_, body) => {
    expect(problemOf(await refused(() => doors.post(`${orders}/orders`, body, keyed)))).toEqual([
      400,
      'body-invalid',
    ]);
  });

  test('says all that is wrong at once', async () => {
    const answer = await doors.post(`${orders}/orders`, lines({ sku: 'coffee', quantity: 0 }), keyed);
    const errors = answer.body['errors'] as string[];
    expect(errors.map((error) => error.split(':')[0])).toEqual(['lines.0.sku', 'lines.0.quantity']);
  });

  test('text that is no JSON', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...keyed }, body: '{' };
    expect(problemOf(await refused(() => doors.ask(`${orders}/orders`, init)))).toEqual([
      400,
      'body-invalid',
    ]);
  });

  test.each([
    ['no key', {}, 'idempotency-key-missing'],
    ['a key with a blank in it', { 'idempotency-key': 'a b' }, 'idempotency-key-invalid'],
    ['a key of 256 characters', { 'idempotency-key': 'k'.repeat(256) }, 'idempotency-key-invalid'],
    ['a client that is no name', { ...keyed, 'refrain-client': 'a/b' }, 'client-invalid'],
  ])('%s', async (_, headers, type) => {
    const ask = () => doors.post(`${orders}/orders`, orderBody(), headers);
    expect(problemOf(await refused(ask))).toEqual([400, type]);
  });
});

describe('every door', () => {
  test.each([
    ['orders', `${orders}/orders`],
    ['inventory', `${inventory}/stock/tea-001/receipts`],
  ])('%s takes JSON only', async (_, url) => {
    const init = { method: 'POST', headers: { 'content-type': 'text/plain', ...keyed }, body: '{}' };
    expect(problemOf(await refused(() => doors.ask(url, init)))).toEqual([415, 'media-type-refused']);
  });

  test('refuses a body that is larger than any order', async () => {
    const large = orderBody({ customer: { email: 'a'.repeat(70_000) } });
    expect(problemOf(await refused(() => doors.post(`${orders}/orders`, large, keyed)))).toEqual([
      413,
      'body-too-large',
    ]);
  });

  test.each([10, 11, 12, 13])('at port base + %i refuses a foreign Host', async (offset) => {
    const url = `http://127.0.0.1:${shop.portBase + offset}/health/ready`;
    expect(problemOf(await asHost(url, 'shop.example.com'))).toEqual([421, 'host-refused']);
    expect((await asHost(url, 'localhost')).status).toBe(200);
  });

  test.each([10, 11, 12, 13, 14])('at port base + %i tells its metrics', async (offset) => {
    const response = await fetch(`http://127.0.0.1:${shop.portBase + offset}/metrics`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const page = readMetricsPage(await response.text());
    const valueOf = (name: string) => page.get(name)?.samples[0]?.value ?? 0;
    expect([valueOf('refrain_ready'), valueOf('refrain_broker_answers')]).toEqual([1, 1]);
    expect(valueOf('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  test('says that there is no such place', async () => {
    expect(problemOf(await doors.ask(`${orders}/nowhere`))).toEqual([404, 'not-found']);
    expect(problemOf(await doors.ask(`${orders}/orders/unknown`))).toEqual([404, 'order-unknown']);
    expect(problemOf(await doors.ask(`${inventory}/stock/coffee-001`))).toEqual([404, 'sku-unknown']);
    expect(problemOf(await refused(() => doors.cancel('unknown')))).toEqual([404, 'order-unknown']);
    expect(problemOf(await doors.ask(`${orders}/orders?limit=0`))).toEqual([400, 'query-invalid']);
  });
});

describe('goods that arrive', () => {
  test.each<[string, unknown]>([
    ['a quantity of 0', { quantity: 0 }],
    ['an unknown field', { quantity: 1, shelf: 'left' }],
    ['nothing', {}],
  ])('are refused with %s', async (_, body) => {
    const ask = () => doors.post(`${inventory}/stock/tea-002/receipts`, body, keyed);
    expect(problemOf(await refused(ask))).toEqual([400, 'body-invalid']);
  });

  test('are taken in once per key', async () => {
    const url = `${inventory}/stock/tea-002/receipts`;
    const first = await doors.post(url, { quantity: 7 }, keyed);
    expect(first.status).toBe(202);
    const again = await doors.post(url, { quantity: 7 }, keyed);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const typesOf = async () =>
      (await streams.eventsOf(String(first.body['receiptId']))).map(({ type }) => type);
    await expect.poll(typesOf, { timeout: 5_000 }).toContain('ReceiptConfirmed');
    expect(await typesOf()).toEqual(['ReceiptRequested', 'StockReceived', 'ReceiptConfirmed']);
    expect(problemOf(await refused(() => doors.post(url, { quantity: 8 }, keyed)))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
    expect(problemOf(await refused(() => doors.post(url, { quantity: 7 })))).toEqual([
      400,
      'idempotency-key-missing',
    ]);
  });
});

test('the same key again: the first answer, also once it has settled; another body: 422', async () => {
  const body = orderBody({ lines: [{ sku: 'tea-003', quantity: 2 }] });
  const headers = { 'idempotency-key': `again-${run}` };
  const first = await doors.post(`${orders}/orders`, body, headers);
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  await doors.settled(String(first.body['orderId']));

  const again = await refused(() => doors.post(`${orders}/orders`, body, headers));
  expect([again.status, again.body]).toEqual([202, { ...first.body, status: 'placed' }]);
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(again.headers.get('idempotency-replayed')).toBe('true');

  const other = await refused(() => doors.post(`${orders}/orders`, orderBody(), headers));
  expect(problemOf(other)).toEqual([422, 'idempotency-key-reused']);

  const client = { ...headers, 'refrain-client': 'another' };
  const another = await doors.post(`${orders}/orders`, body, client);
  expect(another.status).toBe(202);
  expect(another.body['orderId']).not.toBe(first.body['orderId']);
  await doors.settled(String(another.body['orderId']));
});

test('a cancellation is taken, taken again, and refused for an order that is completed', async () => {
  await doors.setFaults('psp', { mode: 'slow', steps: ['confirm'], delayMs: 1_500 });
  const orderId = await doors.place();
  const first = await doors.cancel(orderId);
  const again = await doors.cancel(orderId);
  await doors.setFaults('psp', { mode: 'none' });
  for (const answer of [first, again]) {
    expect([answer.status, answer.body]).toEqual([202, { orderId, status: 'cancelling' }]);
    expect(answer.headers.get('location')).toBe(`/orders/${orderId}`);
  }
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'requested' });
  expect((await doors.cancel(orderId)).status).toBe(202);

  const completed = await doors.place();
  await doors.settled(completed);
  expect(problemOf(await doors.cancel(completed))).toEqual([409, 'order-completed']);
  expect(problemOf(await refused(() => doors.cancel(completed)))).toEqual([409, 'order-completed']);
});

/** `fetch` does not let a caller name a host. */
function asHost(url: string, host: string): Promise<Answer> {
  return new Promise((done, failed) => {
    send(url, { headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => {
        const headers = new Headers({ 'content-type': response.headers['content-type'] ?? '' });
        done({ status: response.statusCode ?? 0, headers, body: JSON.parse(text) as Answer['body'] });
      });
    })
      .on('error', failed)
      .end();
  });
}
