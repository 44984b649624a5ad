import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { type Answer, orderBody, type SeenMail, shopDoors } from '../support/shop-doors.ts';
import { type ShopStreams, type StoredEvent, shopServices, shopStreams } from '../support/shop-streams.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

let streams: ShopStreams;
let placed: Answer;
let orderId: string;
let events: StoredEvent[];

beforeAll(async () => {
  streams = await shopStreams(shop);
  placed = await doors.post(`${doors.urls.orders}/orders`, orderBody(), {
    'idempotency-key': `identity-${Date.now()}`,
    traceparent,
  });
  orderId = String(placed.body['orderId']);
  await doors.settled(orderId);
  // The mail is received a moment before that is recorded.
  events = await vi.waitFor(async () => {
    const found = await streams.eventsOf(orderId);
    if (found.every(({ type }) => type !== 'MailSent')) throw new Error('MailSent is not recorded yet');
    return found;
  }, 5_000);
});
afterAll(() => streams.close());

const operationOf = (intent: string): string => String(events.find(({ type }) => type === intent)?.operation);

test('the answer names the order in body, Location and headers, and gives the trace back', () => {
  expect(orderId).toMatch(/^[a-z2-7]{26}$/);
  expect(placed.body).toEqual({ orderId, status: 'placed' });
  expect(placed.headers.get('location')).toBe(`/orders/${orderId}`);
  expect(placed.headers.get('refrain-correlation-id')).toBe(orderId);
  expect(placed.headers.get('traceparent')).toBe(traceparent);
});

test('every service records the flow under the id of the order, in one trace', () => {
  expect([...new Set(events.map(({ service }) => service))]).toEqual([...shopServices]);
  for (const { trace } of events) expect(trace?.split('-')[1]).toBe(traceId);
  const own = events.filter(({ entity }) => entity !== 'warehouse/main');
  expect([...new Set(own.map(({ entity }) => entity.split('/')[1]))]).toEqual([orderId]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
});

test('the headers of the stored messages repeat commit, types, flow and trace', async () => {
  for (const event of events) {
    const headers = await streams.headersOf(event.service, event.seq);
    expect(headers['Nats-Msg-Id']).toBe(event.commitId);
    expect(headers['Refrain-Types']?.split(',')).toContain(`${event.type}.${event.version}`);
    expect(headers['Refrain-Correlation']?.split(',')).toContain(orderId);
    expect(headers['traceparent']?.split('-')[1]).toBe(traceId);
  }
});

test('the provider is told order, operation and flow, in headers, key and metadata', async () => {
  const operationId = operationOf('ChargeRequested');
  const calls = (await doors.calls()).filter((call) => call.orderId === orderId);
  expect(calls.map(({ step, idempotencyKey }) => [step, idempotencyKey])).toEqual([
    ['create', `${operationId}.1.create`],
    ['confirm', `${operationId}.1.confirm`],
  ]);
  for (const call of calls) expect(call).toMatchObject({ operationId, correlationId: orderId });
  const ledger = (await doors.ledger()).filter((line) => line.orderId === orderId);
  expect(ledger).toMatchObject([{ kind: 'charge', operationId, idempotencyKey: `${operationId}.1.confirm` }]);
});

test('the mail carries the operation as its Message-ID, and order, flow and trace as headers', async () => {
  const operationId = operationOf('MailRequested');
  const mail = (await doors.mails()).find((received) => received.orderId === orderId) as SeenMail;
  expect(mail.messageId).toBe(`<${operationId}@refrain.local>`);
  expect(mail.headers).toMatchObject({
    'x-refrain-order-id': orderId,
    'x-refrain-operation-id': operationId,
    'refrain-correlation-id': orderId,
  });
  expect(mail.headers['traceparent']?.split('-')[1]).toBe(traceId);
});

test('the log file of each service has a line for every event, with all its ids', async () => {
  for (const service of shopServices) {
    const recorded = events.filter((e) => e.service === service && !e.type.startsWith('refrain.'));
    expect(recorded).not.toEqual([]);
    // A line is written up to 100 ms after its event.
    await vi.waitFor(() => {
      const lines = linesOf(service);
      for (const { type, id, entity, cause, operation } of recorded)
        expect(lines).toContainEqual(
          expect.objectContaining({
            msg: type,
            event: id,
            entity,
            cause,
            correlation: orderId,
            traceId,
            ...(operation && { operation }),
          }),
        );
    }, 2_000);
  }
});

const linesOf = (service: string): Record<string, unknown>[] =>
  readFileSync(join(shop.refrainData, 'logs', `${service}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
