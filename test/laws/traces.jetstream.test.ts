import { expect, test } from 'vitest';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { type ShopSpan, shopTraces, treeOf } from '../support/shop-traces.ts';
import { shopServices } from '../support/shop-streams.ts';

/** An order that goes through, one whose charge fails once, one whose money goes back; and what was told. */
async function threeOrders(share: number) {
  const { spans, tracing } = shopTraces(share);
  const shop = await JetStreamShop.open({ tracing });
  try {
    const plain = await shop.place();
    await shop.settled(1);
    shop.provider.failNext('confirm', 'provider_error');
    const retried = await shop.place();
    await shop.settled(2);
    const undone = await shop.place({ lines: [{ sku: 'rare-001', quantity: 1 }] });
    await shop.settled(3);
    await shop.heardAll();
    return { plain: of(spans, plain), retried: of(spans, retried), undone: of(spans, undone) };
  } finally {
    await shop.close();
  }
}

const of = (spans: readonly ShopSpan[], flow: string): ShopSpan[] =>
  spans.filter(({ attributes }) => attributes['refrain.correlation'] === flow);
const named = (spans: readonly ShopSpan[], name: string): ShopSpan[] =>
  spans.filter((span) => span.name === name).sort((a, b) => a.startedAt - b.startedAt);

test('every order is one trace: it begins at the door, and each span stands below what caused it', async () => {
  const orders = await threeOrders(1);
  for (const spans of Object.values(orders)) {
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(spans.length);
    const roots = spans.filter(({ parentSpanId }) => !byId.has(parentSpanId ?? ''));
    expect(roots).toMatchObject([{ name: 'POST /orders', kind: 'server', parentSpanId: undefined }]);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(shopServices));
    for (const { parentSpanId, startedAt } of spans)
      expect(byId.get(parentSpanId ?? '')?.startedAt ?? 0).toBeLessThan(startedAt);
  }
  const { plain, retried, undone } = orders;
  // What a call led to stands below it, and what was called below the intent that was delivered.
  const [charge] = named(plain, 'psp: charge');
  const above = plain.find(({ spanId }) => spanId === charge?.parentSpanId);
  expect(above?.name).toBe('process events.payments.{partition}.charge.{id}');
  const [captured] = plain.filter(({ attributes }) => attributes['refrain.events'] === 'ChargeCaptured');
  expect(captured).toMatchObject({ kind: 'producer', parentSpanId: charge?.spanId });
  expect(captured?.attributes).toMatchObject({
    'messaging.system': 'nats',
    'messaging.operation.type': 'send',
    'messaging.destination.template': 'events.payments.{partition}.charge.{id}',
    'refrain.result': 'appended',
  });
  const heard = plain.filter(({ attributes }) => attributes['refrain.event'] === 'ChargeCaptured');
  expect(heard).toMatchObject([{ kind: 'consumer', service: 'orders', parentSpanId: charge?.spanId }]);
  expect(heard[0]?.attributes['messaging.message.id']).toBe(captured?.attributes['messaging.message.id']);

  const attempts = named(retried, 'psp: charge');
  const [first, second] = attempts;
  expect(attempts.map(({ attributes }) => attributes['refrain.call'])).toEqual(['first', 'retry']);
  expect(first).toMatchObject({ error: 'planned: provider_error', link: undefined });
  expect(first?.attributes).toMatchObject({ 'error.type': 'provider_error', 'refrain.outcome': 'transient' });
  expect(second).toMatchObject({
    error: undefined,
    link: { spanId: first?.spanId, traceId: first?.traceId },
  });

  const hears = 'process events.payments.{partition}.charge.{id}';
  const records = 'publish events.payments.{partition}.charge.{id}';
  expect(treeOf(retried.filter(({ service }) => service === 'payments'))).toBe(
    [
      'payments: process events.orders.{partition}.order.{id}',
      `  payments: ${records}`,
      `  payments: ${hears}`,
      '    payments: psp: charge',
      `      payments: ${records}`,
      `  payments: ${hears}`, // delivered again when it is due
      '    payments: psp: charge',
      `      payments: ${records}`,
    ].join('\n'),
  );

  const [refund] = named(undone, 'psp: refund');
  expect(refund?.attributes['refrain.undoes']).toBe('ChargeCaptured');
});

test('outside the sample nothing is told of what goes well, and all that a retry or an undo led to', async () => {
  const { plain, retried, undone } = await threeOrders(0);
  expect(plain).toEqual([]);

  const attempts = named(retried, 'psp: charge');
  expect(attempts.map(({ attributes }) => attributes['refrain.attempt'])).toEqual([1, 2]);
  expect(attempts[1]?.link?.spanId).toBe(attempts[0]?.spanId);
  expect(named(undone, 'psp: refund')).toHaveLength(1);
  // What had waited is there, back to the door, and what others did because of it.
  for (const spans of [retried, undone]) {
    expect(named(spans, 'POST /orders')).toHaveLength(1);
    expect(named(spans, 'mail: send')).toHaveLength(1);
  }
  // A branch of another process that hears no more of it is missing: nothing tells it that it is kept.
  const services = new Set(retried.map(({ service }) => service));
  expect(services).toEqual(new Set(['orders', 'payments', 'notifications']));
});
