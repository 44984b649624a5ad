import { setTimeout as sleep } from 'node:timers/promises';
import { scheduleStreamOf } from '@refrain/jetstream';
import { MailFault, type MailGateway } from '@refrain/service-notifications/gateway';
import { type PaymentProvider, ProviderFault } from '@refrain/service-payments/gateway';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JetStreamShop } from '../support/jetstream-shop.ts';

const parking = ['payments', 'notifications'] as const;

/** Says no `times` times to each key; `retryAfterMs` is long enough for the operation to be parked. */
function firstBusy(times: number, retryAfterMs: number) {
  const asked = new Map<string, number>();
  return (key: string): void => {
    const n = (asked.get(key) ?? 0) + 1;
    asked.set(key, n);
    if (n <= times) throw new ProviderFault('provider_busy', 'not yet', { retryAfterMs });
  };
}

const busyProvider = (fake: PaymentProvider): PaymentProvider => {
  const answer = firstBusy(1, 1_500);
  return {
    ...fake,
    confirm: async (ref, call) => {
      answer(call.key);
      await fake.confirm(ref, call);
    },
    refund: async (refund, call) => {
      answer(call.key);
      await fake.refund(refund, call);
    },
  };
};

/** A mail server that is busy until its client waits for more than a second. */
const busyPost = (fake: MailGateway): MailGateway => {
  const answer = firstBusy(2, 0);
  return {
    send: async (letter, call) => {
      try {
        answer(call.operationId);
      } catch (error) {
        throw new MailFault('mail_busy', 'not yet', { cause: error });
      }
      await fake.send(letter, call);
    },
  };
};

let shop: JetStreamShop;
beforeEach(async () => {
  shop = await JetStreamShop.open({
    host: { sweepEveryMs: 200, sweepOverdueMs: 300 },
    provider: busyProvider,
    post: busyPost,
  });
});
afterEach(() => shop.close());

const allAlarms = async (): Promise<number> =>
  (await Promise.all(parking.map((service) => shop.alarms(service)))).reduce((a, b) => a + b);

/** Three orders that complete, three whose charge has to go back. */
async function placeAll(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await shop.place();
    await shop.place({ lines: [{ sku: 'rare-001', quantity: 1 }] });
  }
  return 6;
}

test('alarms purged in the middle of the run: the sweep brings every open operation back', async () => {
  const orders = await placeAll();
  let lost = 0;
  // Whatever is parked within three seconds is forgotten by the broker, the charges of three orders at least.
  for (const until = Date.now() + 3_000; Date.now() < until || lost < 3; await sleep(50))
    for (const service of parking)
      lost += (await shop.manager.streams.purge(scheduleStreamOf(service))).purged;
  await shop.settled(orders);
  expect(shop.mailServer.mails).toHaveLength(orders);
  expect(moneyKept()).toBe(3 * 150);
});

test('the streams of alarms deleted and made again by the admin step: nothing is forgotten', async () => {
  const orders = await placeAll();
  await expect.poll(allAlarms, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
  for (const service of parking) await shop.manager.streams.delete(scheduleStreamOf(service));
  await sleep(300); // alarms are set meanwhile, and nobody takes them
  await shop.reconcile();
  await shop.settled(orders);
  expect(shop.mailServer.mails).toHaveLength(orders);
  expect(moneyKept()).toBe(3 * 150);
});

const moneyKept = (): number =>
  shop.provider.ledger.reduce((sum, { kind, minor }) => sum + (kind === 'charge' ? minor : -minor), 0);
