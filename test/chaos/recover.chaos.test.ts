import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
}, 60_000);
afterAll(() => shop.stop(), 30_000);

const streams = (): string => join(shop.refrainData, 'nats', 'store', 'jetstream', '$G', 'streams');
const ledgerOf = async (orderId: string): Promise<string[]> => {
  const answer = await fetch(`http://127.0.0.1:${shop.portBase + 20}/ledger`);
  const lines = (await answer.json()) as { orderId: string; kind: string }[];
  return lines.filter((line) => line.orderId === orderId).map(({ kind }) => kind);
};
const statusOf = async (orderId: string): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${shop.portBase + 10}/orders/${orderId}`)).json();
const placed = async (): Promise<string> =>
  ((await shop.refrain('order', 'tea-001:1')).document as { orderId: string }).orderId;

test('after a power cut `up` brings logs and world together, and `recover` says the same again', async () => {
  const kept = await placed();
  await sleep(1_000); // by then it has left the server's buffers
  cpSync(join(streams(), 'EVENTS_ORDERS'), join(shop.refrainData, 'copy'), { recursive: true });
  const lost = await placed();
  expect(await ledgerOf(lost)).toEqual(['charge']);
  // The machine was booted, and the orders' stream ends where it ended before.
  await shop.restart(() => {
    rmSync(join(streams(), 'EVENTS_ORDERS'), { recursive: true });
    cpSync(join(shop.refrainData, 'copy'), join(streams(), 'EVENTS_ORDERS'), { recursive: true });
    writeFileSync(join(shop.refrainData, 'nats', 'boot.json'), '{"boot":"of yesterday"}');
  });
  await expect
    .poll(() => statusOf(lost), { timeout: 20_000, interval: 200 })
    .toMatchObject({ status: 'cancelled', reason: 'unknown' });
  expect(await ledgerOf(lost)).toEqual(['charge', 'refund']);
  expect([await statusOf(kept), await ledgerOf(kept)]).toMatchObject([{ status: 'completed' }, ['charge']]);
  const said = readFileSync(join(shop.refrainData, 'up.log'), 'utf8');
  expect(said).toContain('the machine was booted since this store was written last');
  expect(said).toContain('durables were put back');

  // By hand, on a running shop: every process lets go and comes again. Nothing is left to be done.
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const first = await shop.refrain('recover', '--since', since);
  expect(first).toMatchObject({ code: 0, document: { again: false, missing: [] } });
  const second = await shop.refrain('recover', '--since', since);
  expect(second).toMatchObject({ code: 0, document: { again: true, missing: [] } });
  expect(await ledgerOf(lost)).toEqual(['charge', 'refund']);
  expect(await shop.refrain('recover', '--since', 'tomorrow')).toMatchObject({ code: 2 });
}, 120_000);
