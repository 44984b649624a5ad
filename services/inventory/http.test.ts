import { MemoryHandle } from '@refrain/testing';
import { expect, onTestFinished, test } from 'vitest';
import { inventoryDoor } from './http.ts';
import { hasOpeningStock, requestOpeningStock } from './opening-stock.ts';
import { reservation } from './reservation.ts';
import { inventoryService } from './service.ts';

function open() {
  const handle = new MemoryHandle(inventoryService());
  const door = inventoryDoor({ handle, isReady: () => true });
  onTestFinished(() => door.close());
  const receive = (sku: string, payload: object, key = 'k-1', headers: Record<string, string> = {}) =>
    door.inject({
      method: 'POST',
      url: `/stock/${sku}/receipts`,
      payload,
      headers: { 'idempotency-key': key, ...headers },
    });
  const stockOf = async (sku: string) => (await door.inject(`/stock/${sku}`)).json<unknown>();
  return { handle, door, receive, stockOf };
}

test('goods that come in are on the shelf', async () => {
  const { receive, stockOf } = open();
  const response = await receive('tea-001', { quantity: 7 });
  expect(response.statusCode).toBe(202);
  expect(response.json()).toEqual({ receiptId: response.headers['refrain-correlation-id'] });
  expect(await stockOf('tea-001')).toEqual({ sku: 'tea-001', onHand: 7, reserved: 0 });
});

test('the same receipt again takes nothing in', async () => {
  const { receive, stockOf } = open();
  const first = await receive('tea-001', { quantity: 7 });
  const again = await receive('tea-001', { quantity: 7 });
  expect(again.statusCode).toBe(202);
  expect(again.body).toBe(first.body);
  expect(again.headers['idempotency-replayed']).toBe('true');
  await receive('tea-001', { quantity: 7 }, 'k-2');
  expect(await stockOf('tea-001')).toMatchObject({ onHand: 14 });
});

test('the same key for other goods is refused', async () => {
  const { receive, stockOf } = open();
  await receive('tea-001', { quantity: 7 });
  for (const other of [receive('tea-001', { quantity: 8 }), receive('tea-002', { quantity: 7 })])
    expect((await other).statusCode).toBe(422);
  expect(await stockOf('tea-001')).toMatchObject({ onHand: 7 });
});

test.each([
  ['tea-001', {}],
  ['tea-001', { quantity: 0 }],
  ['tea-001', { quantity: 1_000_001 }],
  ['tea-001', { quantity: 1.5 }],
  ['tea-001', { quantity: 1, to: 'x' }],
  ['constructor', { quantity: 1 }],
  ['__proto__', { quantity: 1 }],
])('a receipt for %s of %j is refused', async (sku, payload) => {
  const { handle, receive } = open();
  expect((await receive(sku, payload)).statusCode).toBe(400);
  expect(handle.commits).toHaveLength(0);
});

test('a receipt without a key is refused', async () => {
  const { door } = open();
  const response = await door.inject({
    method: 'POST',
    url: '/stock/tea-001/receipts',
    payload: { quantity: 1 },
  });
  expect(response.json()).toMatchObject({ status: 400, type: 'urn:refrain:problem:idempotency-key-missing' });
});

test('what the warehouse never received is unknown', async () => {
  const response = await open().door.inject('/stock/tea-001');
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:sku-unknown' });
});

test('a fresh shop has its opening stock, however often it is started', async () => {
  const { handle, door } = open();
  expect(await hasOpeningStock(handle)).toBe(false);
  await requestOpeningStock(handle);
  const commits = handle.commits.length;
  await requestOpeningStock(handle);
  expect(await hasOpeningStock(handle)).toBe(true);
  expect(handle.commits).toHaveLength(commits);
  const stock = (await door.inject('/stock')).json<{ sku: string; onHand: number }[]>();
  expect(stock.map(({ sku, onHand }) => `${sku} ${onHand}`)).toEqual([
    'rare-001 5',
    ...Array.from({ length: 9 }, (_, i) => `tea-00${i + 1} 100000`),
  ]);
});

test('what an order has set aside is shown, and gone again when it is released', async () => {
  const { handle, stockOf } = open();
  await requestOpeningStock(handle);
  const orderId = 'ord-7';
  const lines = [{ sku: 'rare-001', quantity: 2 }];
  const origin = (cause: string) => ({ cause, correlation: orderId });
  await handle.execute(reservation.request({ orderId, lines }), origin('event:1'));
  expect(await stockOf('rare-001')).toEqual({ sku: 'rare-001', onHand: 5, reserved: 2 });
  await handle.execute(reservation.cancel({ orderId, reason: 'deadline' }), origin('event:2'));
  expect(await stockOf('rare-001')).toEqual({ sku: 'rare-001', onHand: 5, reserved: 0 });
  expect(await handle.stateOf('reservation', orderId)).toMatchObject({ state: { status: 'released' } });
});
