import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '@refrain/contract-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { shopServices } from '../support/shop-streams.ts';

const windowMs = 100;
const orders = 12;
let shop: JetStreamShop;

beforeAll(async () => {
  shop = await JetStreamShop.open({ duplicateWindowMs: windowMs });
  const lines = [{ sku: 'tea-001', quantity: 2 }];
  for (let i = 0; i < orders / 4; i++) {
    if (i === 0) shop.provider.failNext('confirm', 'provider_error', { happens: true });
    await shop.place({ lines });
    await shop.place({ lines, paymentMethod: 'pm_card_chargeDeclined' });
    await shop.place({ lines: [{ sku: 'rare-001', quantity: 1 }] }); // of which there is none
    await shop.cancel(await shop.place({ lines }));
  }
  await shop.settled(orders);
  await shop.heardAll();
});
afterAll(() => shop.close());

/** Everything that the world outside was asked, and what it did. */
const outside = () => ({
  calls: [...shop.provider.calls],
  ledger: [...shop.provider.ledger],
  mails: shop.mailServer.mails.length,
});

test('all delivered again, after the window, to services that forgot all: no call, no event', async () => {
  const before = { outside: outside(), lengths: await shop.lengths(), shown: await shop.shown() };
  expect(before.outside.ledger.map(({ kind }) => kind)).toContain('charge');
  expect(before.outside.mails).toBe(orders);

  await shop.stop();
  await shop.redeliverAll();
  await sleep(2 * windowMs);
  shop.start();
  await shop.heardAll();
  expect(await shop.lengths()).toEqual(before.lengths);
  expect(outside()).toEqual(before.outside);
  await expect.poll(() => shop.shown(), { timeout: 5_000 }).toBe(before.shown);
});

test('what the services know is what the log says: rebuilt, it is the same byte for byte', async () => {
  // Known from having decided it, one event after the other.
  const [known, shown] = [await shop.states(), await shop.shown()];
  expect(new Set(Object.keys(known).map((name) => name.split(' ')[0]))).toEqual(new Set(shopServices));
  await shop.stop();
  shop.start();
  const rebuilt = await shop.states();
  expect(canonicalJson(rebuilt)).toBe(canonicalJson(known));
  await expect.poll(() => shop.shown(), { timeout: 5_000 }).toBe(shown);
});
