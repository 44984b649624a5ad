import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { orderBody, type SeenCall, shopDoors } from '../support/shop-doors.ts';
import { type ShopStreams, type StoredEvent, shopStreams } from '../support/shop-streams.ts';
import { typed } from '../support/typed.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);

let streams: ShopStreams;
const said = ['--by', 'calls', '--why', 'what is held back waits longer, and calls are counted here'];
const governor = async (...args: readonly string[]): Promise<void> => {
  expect(await typed(shop.env, 'governor', ...args, ...said)).toMatchObject({ code: 0 });
};
beforeAll(async () => {
  streams = await shopStreams(shop);
  await governor('open', 'psp');
  await governor('policy', 'set', 'budget.more=1000');
});
afterAll(async () => {
  await doors.setFaults('psp', { mode: 'none' });
  await governor('policy', 'set', 'budget.more=10');
  await governor('release', 'psp');
  await streams.close();
});

const moneySteps = ['confirm', 'refund'];
const movesMoney = ({ step }: { step: string }): boolean => moneySteps.includes(step);

/** The requests that could move money, by operation, as the sandbox counted them. */
function callsByOperation(calls: readonly SeenCall[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { operationId } of calls.filter(movesMoney))
    counted[String(operationId)] = (counted[String(operationId)] ?? 0) + 1;
  return counted;
}

/** The attempts at them that payments has on record: those that failed, and the one that ended it. */
function attemptsByOperation(events: readonly StoredEvent[]): Record<string, number> {
  const attempts = new Set<string>();
  for (const { type, cause, data } of events) {
    const failed = data as { operation: string; n: number; step: string };
    if (type === 'refrain.AttemptFailed' && movesMoney(failed))
      attempts.add(`${failed.operation} ${failed.n}`);
    const [, operation, n, verdict] = /^outcome:(\w+):(\d+):(ok|card_declined)$/.exec(cause) ?? [];
    if (verdict !== undefined) attempts.add(`${operation} ${n}`);
  }
  const counted: Record<string, number> = {};
  for (const attempt of attempts) {
    const operation = String(attempt.split(' ')[0]);
    counted[operation] = (counted[operation] ?? 0) + 1;
  }
  return counted;
}

async function ofOrders(orderIds: readonly string[]) {
  const known = new Set(orderIds);
  const calls = (await doors.calls()).filter(({ correlationId }) => known.has(String(correlationId)));
  const events: StoredEvent[] = [];
  for (const orderId of orderIds)
    events.push(...(await streams.eventsOf(orderId)).filter(({ service }) => service === 'payments'));
  return { calls, events };
}

test('a declined card costs exactly one confirm call', async () => {
  const orderId = await doors.place(orderBody({ paymentMethod: 'pm_card_chargeDeclined' }));
  await doors.settled(orderId);
  const { calls, events } = await ofOrders([orderId]);
  expect(calls.filter(({ step }) => step === 'confirm').map(({ fate }) => fate)).toEqual(['declined']);
  expect(attemptsByOperation(events)).toEqual(callsByOperation(calls));
});

/** Orders that are charged, declined, and charged to be refunded. */
async function placeMix(): Promise<string[]> {
  const completed = Array.from({ length: 5 }, () => doors.place());
  const declined = [doors.place(orderBody({ paymentMethod: 'pm_card_chargeDeclined' }))];
  const refused = Array.from({ length: 2 }, () =>
    doors.place(orderBody({ lines: [{ sku: 'rare-001', quantity: 6 }] })),
  );
  return await Promise.all([...completed, ...declined, ...refused]);
}

/** A charge that is caught while the provider has not answered yet, and so has to go back. */
async function placeAndCancel(): Promise<string> {
  await doors.setFaults('psp', { mode: 'slow', steps: ['confirm'], delayMs: 500 });
  for (;;) {
    const orderId = await doors.place();
    const charged = async (): Promise<boolean> =>
      (await doors.ledger()).some((entry) => entry.orderId === orderId);
    await expect.poll(charged, { timeout: 10_000, interval: 20 }).toBe(true);
    // On a machine that is busy the answer may come first after all.
    if ((await doors.cancel(orderId)).status === 202) return orderId;
  }
}

test.each([
  { mode: 'none' },
  { mode: 'fail_before', rate: 0.4 },
  { mode: 'fail_after', rate: 0.4 },
  { mode: 'fail_after', rate: 0.4, answer: '500' },
  { mode: 'throttle', rate: 0.4, retryAfterS: 0 },
  { mode: 'sticky_500', rate: 0.3 },
])('every call is an attempt on record, and every attempt one call: %o', async (faults) => {
  const refunded = await placeAndCancel();
  await doors.setFaults('psp', { ...faults, steps: moneySteps });
  const orderIds = [refunded, ...(await placeMix())];
  await Promise.all(orderIds.map((orderId) => doors.settled(orderId)));
  await doors.setFaults('psp', { mode: 'none' });

  const { calls, events } = await ofOrders(orderIds);
  const counted = callsByOperation(calls);
  expect(attemptsByOperation(events)).toEqual(counted);
  // The faults struck: otherwise this proves nothing.
  const more = Object.values(counted).reduce((sum, n) => sum + n, 0) - Object.keys(counted).length;
  expect(more > 0).toBe(faults.mode !== 'none');
  // Whatever it took, money moved once per operation.
  const ledger = (await doors.ledger()).filter(({ orderId }) => orderIds.includes(orderId));
  expect(new Set(ledger.map(({ operationId }) => operationId)).size).toBe(ledger.length);
  const refundOf = ledger.filter(({ kind, orderId }) => kind === 'refund' && orderId === refunded);
  expect(refundOf).toHaveLength(1);
});
