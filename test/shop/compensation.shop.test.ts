import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { orderBody, shopDoors } from '../support/shop-doors.ts';
import { type ShopStreams, shopStreams } from '../support/shop-streams.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);

let streams: ShopStreams;
beforeAll(async () => {
  streams = await shopStreams(shop);
});
afterAll(() => streams.close());

/** What has become of an order's money, in the provider's words. */
const moneyOf = async (orderId: string): Promise<[string, number][]> =>
  (await doors.ledger())
    .filter((entry) => entry.orderId === orderId)
    .map(({ kind, amount }) => [kind, amount]);

const mailsOf = async (orderId: string): Promise<string[]> =>
  (await doors.mails()).filter((mail) => mail.orderId === orderId).map(({ subject }) => subject);

const typesOf = async (orderId: string): Promise<string[]> =>
  (await streams.eventsOf(orderId)).map(({ type }) => type);

const stockOf = async (sku: string) => (await doors.stock()).find((item) => item.sku === sku);

test('a cancellation overtakes the charge: money and goods go back, one mail says so', async () => {
  const before = await stockOf('tea-004');
  await doors.setFaults('psp', { mode: 'slow', steps: ['confirm'], delayMs: 1_500 });
  const orderId = await doors.place(orderBody({ lines: [{ sku: 'tea-004', quantity: 3 }] }));
  // Cancelled while the provider moves the money and has not answered yet.
  await expect.poll(() => moneyOf(orderId), { timeout: 10_000, interval: 20 }).toHaveLength(1);
  expect((await doors.cancel(orderId)).status).toBe(202);
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'requested' });
  await doors.setFaults('psp', { mode: 'none' });

  expect(await moneyOf(orderId)).toEqual([
    ['charge', 1_350],
    ['refund', 1_350],
  ]);
  expect(await stockOf('tea-004')).toEqual(before);
  expect(await mailsOf(orderId)).toEqual([`Your order ${orderId} is cancelled`]);
  const types = await typesOf(orderId);
  expect(types).toEqual(expect.arrayContaining(['ChargeRecalled', 'ChargeCaptured', 'RefundIssued']));
  expect(types).not.toContain('OrderPaid');
});

test('a cancellation before anything was charged: no money moves at all', async () => {
  const before = await stockOf('tea-005'); // orders that are completed keep theirs
  await doors.setFaults('psp', { mode: 'down', steps: ['confirm'] });
  const orderId = await doors.place(orderBody({ lines: [{ sku: 'tea-005', quantity: 1 }] }));
  await expect
    .poll(async () => (await doors.calls()).some((c) => c.orderId === orderId && c.step === 'confirm'), {
      timeout: 5_000,
    })
    .toBe(true);
  await doors.cancel(orderId);
  await doors.setFaults('psp', { mode: 'none' });
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'requested' });
  expect(await moneyOf(orderId)).toEqual([]);
  expect(await stockOf('tea-005')).toEqual(before);
  expect(await typesOf(orderId)).toContain('ChargeFailed');
});

test('stock that is refused: what was charged goes back, nothing is reserved, one mail', async () => {
  const before = await doors.stock();
  const lines = [
    { sku: 'rare-001', quantity: 6 },
    { sku: 'tea-006', quantity: 1 },
  ];
  const orderId = await doors.place(orderBody({ lines }));
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'out_of_stock' });

  const money = await moneyOf(orderId);
  const charged = [
    ['charge', 60_050],
    ['refund', 60_050],
  ];
  expect([[], charged]).toContainEqual(money);
  // All lines or none: the tea was there, and is not kept either.
  expect(await doors.stock()).toEqual(before);
  expect(await mailsOf(orderId)).toEqual([`Your order ${orderId} is cancelled`]);
});

test('a card that is declined: one confirm call, no money, the goods go back, one mail', async () => {
  const before = await stockOf('tea-007');
  const lines = [{ sku: 'tea-007', quantity: 2 }];
  const orderId = await doors.place(orderBody({ lines, paymentMethod: 'pm_card_chargeDeclined' }));
  expect(await doors.settled(orderId)).toMatchObject({ status: 'cancelled', reason: 'card_declined' });

  const calls = (await doors.calls()).filter((call) => call.orderId === orderId);
  expect(calls.map(({ step, fate }) => [step, fate])).toEqual([
    ['create', 'ok'],
    ['confirm', 'declined'],
  ]);
  expect(await moneyOf(orderId)).toEqual([]);
  expect(await stockOf('tea-007')).toEqual(before);
  expect(await mailsOf(orderId)).toEqual([`Your order ${orderId} is cancelled`]);
});
