import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readMetricsPage } from '@refrain/telemetry';
import { type ReceivedSpan, otlpSink } from '../support/otlp-sink.ts';
import { startShopWith, type TestShop } from '../support/shop.ts';
import { orderBody, shopDoors, type ShopDoors } from '../support/shop-doors.ts';
import { shopServices, shopStreams } from '../support/shop-streams.ts';

// What needs another shop than the shared one: a collector, a short deadline, a stop and a start.
const deadlineS = 3;
let sink: Awaited<ReturnType<typeof otlpSink>>;
let shop: TestShop;
let doors: ShopDoors;
/** An order that was placed with a client's own trace. */
let traced: string;
/** An order whose charge failed before anything happened, and one whose money went back. */
let failedOnce: string;
let paidBack: string;
let restarted: ReturnType<typeof restart> | undefined;
const client = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

beforeAll(async () => {
  sink = await otlpSink();
  shop = await startShopWith({
    ORDER_DEADLINE_S: String(deadlineS),
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '600000', // what arrives was sent when the services stopped
  });
  doors = shopDoors(shop);
  traced = await doors.place(orderBody(), { traceparent: `00-${client.traceId}-${client.spanId}-01` });
  await doors.settled(traced);
  await doors.setFaults('psp', { mode: 'fail_before', rate: 1, steps: ['confirm'] });
  failedOnce = await doors.place();
  while ((await failedCalls()).length === 0) await sleep(20);
  await doors.setFaults('psp', { mode: 'none' });
  await doors.settled(failedOnce);
});
const failedCalls = async () =>
  (await doors.calls()).filter(({ orderId, fate }) => orderId === failedOnce && fate === 'failed_before');
afterAll(async () => {
  await shop.stop();
  await sink.close();
});

test('a deadline that passes while the provider is down: no money, no goods, one mail', async () => {
  const before = await doors.stock();
  await doors.setFaults('psp', { mode: 'down' });
  const placedAt = Date.now();
  const orderId = await doors.place();
  const cancelling = async () => (await doors.find(orderId)).status;
  await expect.poll(cancelling, { timeout: 15_000, interval: 100 }).not.toBe('placed');
  expect(Date.now() - placedAt).toBeGreaterThanOrEqual(deadlineS * 1_000);
  await doors.setFaults('psp', { mode: 'none' });
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'deadline' });
  await endsWithout(orderId, before);
});

test('a deadline that passes while the provider is slow: what it took goes back', async () => {
  const before = await doors.stock();
  await doors.setFaults('psp', { mode: 'slow', steps: ['confirm'], delayMs: deadlineS * 1_000 + 700 });
  const orderId = await doors.place();
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'deadline' });
  await doors.setFaults('psp', { mode: 'none' });
  const money = (await doors.ledger()).filter((entry) => entry.orderId === orderId);
  expect(money.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['charge', 150],
    ['refund', 150],
  ]);
  paidBack = orderId;
  await endsWithout(orderId, before);
});

async function endsWithout(orderId: string, stock: unknown): Promise<void> {
  const sums = { charge: 0, refund: 0 };
  for (const entry of await doors.ledger()) if (entry.orderId === orderId) sums[entry.kind] += entry.amount;
  expect(sums.charge - sums.refund).toBe(0);
  expect(await doors.stock()).toEqual(stock);
  const subjects = (await doors.mails()).filter((mail) => mail.orderId === orderId).map((m) => m.subject);
  expect(subjects).toEqual([`Your order ${orderId} is cancelled`]);
}

/** What the doors and the world outside show of everything. */
const shown = async () => ({
  orders: await (await fetch(`${doors.urls.orders}/orders?limit=1000`)).text(),
  stock: await (await fetch(`${doors.urls.inventory}/stock`)).text(),
  ledger: await doors.ledger(),
  calls: (await doors.calls()).length,
  mails: await doors.mails(),
});

/** Stops everything, deletes the read models, starts everything; what was shown before. */
async function restart() {
  await vi.waitFor(async () => expect((await shown()).orders).not.toContain('"status":"placed"'), 5_000);
  const before = await shown();
  const readModels = join(shop.refrainData, 'read-models');
  await shop.restart(() => {
    expect(existsSync(join(readModels, 'orders.sqlite'))).toBe(true);
    rmSync(readModels, { recursive: true });
  });
  return before;
}

test('stopped, its read models deleted, and started again, the doors say the same', async () => {
  const before = await (restarted ??= restart());
  expect((JSON.parse(before.orders) as unknown[]).length).toBeGreaterThan(1);
  await vi.waitFor(async () => expect(await shown()).toEqual(before), 10_000);
  const log = readFileSync(join(shop.refrainData, 'logs', 'orders.log'), 'utf8');
  expect(log.match(/"msg":"ready"/g)).toHaveLength(2);
});

test('one trace follows an order through all services, each span below what caused it', async () => {
  await (restarted ??= restart());
  const spans = sink.spans.filter((span) => span.traceId === client.traceId);
  expect(spans.map(({ service }) => service)).toEqual(expect.arrayContaining([...shopServices]));

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = (span: ReceivedSpan | undefined): ReceivedSpan | undefined =>
    byId.get(span?.parentSpanId ?? '');
  const roots = spans.filter((span) => !parentOf(span));
  expect(roots).toMatchObject([{ name: 'POST /orders', kind: 2, parentSpanId: client.spanId }]);
  expect(roots[0]?.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/orders',
    'http.response.status_code': '202',
  });
  const above = (span: ReceivedSpan | undefined): string[] =>
    span ? [span.name, ...above(parentOf(span))] : [];
  const [charge] = named('psp: charge');
  expect(above(charge)).toEqual([
    'psp: charge',
    'process events.payments.{partition}.charge.{id}',
    'process events.orders.{partition}.order.{id}',
    'orders: place',
    'POST /orders',
  ]);
  expect(above(named('mail: send')[0]).at(-1)).toBe('POST /orders');
  // Creating and confirming the payment: a request each, as the provider is told of it.
  const requests = spans.filter(({ kind, parentSpanId }) => kind === 3 && parentSpanId === charge?.spanId);
  expect(requests.map(({ name, attributes }) => [name, attributes['http.response.status_code']])).toEqual([
    ['POST', '200'],
    ['POST', '200'],
  ]);

  // The ids of the log are on the spans.
  const streams = await shopStreams(shop);
  const events = await streams.eventsOf(traced);
  await streams.close();
  const operationOf = (type: string) => events.find((event) => event.type === type)?.operation;
  expect(charge?.attributes).toMatchObject({
    'refrain.operation': operationOf('ChargeRequested'),
    'refrain.attempt': '1',
    'refrain.correlation': traced,
  });
  for (const span of spans) expect(span.attributes['refrain.correlation']).toBe(traced);
});

test('a retry in the trace of its order is linked to the first attempt, and a compensation is there', async () => {
  await (restarted ??= restart());
  const of = (orderId: string, name: string): ReceivedSpan[] =>
    sink.spans.filter((span) => span.name === name && span.attributes['refrain.correlation'] === orderId);
  const numberOf = ({ attributes }: ReceivedSpan): number => Number(attributes['refrain.attempt']);
  // Two processes tell of them, and on a slow machine a second one fails before the fault is gone.
  const attempts = of(failedOnce, 'psp: charge').toSorted((x, y) => numberOf(x) - numberOf(y));
  const [first, ...retries] = attempts;
  expect(attempts.map(numberOf)).toEqual(attempts.map((_, i) => i + 1));
  expect(first?.attributes['error.type']).toBe('provider_error');
  expect(retries.length).toBeGreaterThan(0);
  for (const { links, traceId } of retries)
    expect({ links, traceId }).toEqual({ links: [first?.spanId], traceId: first?.traceId });
  expect(of(paidBack, 'psp: refund')).toMatchObject([{ attributes: { 'refrain.undoes': 'ChargeCaptured' } }]);
});

test('metrics come to the collector under the names of the page', async () => {
  await (restarted ??= restart());
  const page = readMetricsPage(await (await fetch(`${doors.urls.orders}/metrics`)).text());
  const names = ['events_total', 'append_seconds', 'matter_seconds', 'consumer_lag', 'ready', 'spans_total'];
  for (const name of names.map((each) => `refrain_${each}`)) {
    expect([name, page.has(name), sink.metrics.has(name)]).toEqual([name, true, true]);
  }
});

const named = (name: string): ReceivedSpan[] =>
  sink.spans.filter((span) => span.traceId === client.traceId && span.name === name);
