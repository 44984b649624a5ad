import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedEvent, streamOf } from '@refrain/event-log';
import { parseFound, readReport, rewind } from '@refrain/runtime';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestBroker, testBroker } from '../../shared/jetstream/test-broker.fixture.ts';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { type ShopService, shopServices } from '../support/shop-streams.ts';

const lines = [{ sku: 'tea-001', quantity: 2 }];
const id = 'boot-2';
let broker: TestBroker;
let shop: JetStreamShop;

const streamFolder = (service: ShopService): string =>
  join(broker.storeDir, 'jetstream', '$G', 'streams', streamOf(service));
const copyOf = (name: string, service: ShopService): string =>
  join(broker.storeDir, '..', name, streamOf(service));

/** The stream files as they are on disk at this moment: what a power cut would leave of them. */
async function sync(name: string): Promise<void> {
  await shop.stop();
  await broker.end('SIGTERM');
  for (const service of shopServices)
    cpSync(streamFolder(service), copyOf(name, service), { recursive: true });
  await broker.start();
  shop.start();
}

/** The power goes: of each stream the files are there as they were at another moment. */
async function cutPower(found: Partial<Record<ShopService, { from: string; part?: string }>>): Promise<void> {
  await shop.stop();
  await broker.end('SIGKILL');
  for (const [service, { from, part = '' }] of Object.entries(found)) {
    const folder = join(streamFolder(service as ShopService), part);
    rmSync(folder, { recursive: true });
    cpSync(join(copyOf(from, service as ShopService), part), folder, { recursive: true });
  }
  await broker.start();
}

beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'));
  shop = await JetStreamShop.open({
    broker: { url: broker.url, stop: () => broker.close() },
    recovering: true,
  });
});
afterAll(() => shop.close());

const eventsOf = async (service: ShopService): Promise<RecordedEvent[]> =>
  (await shop.commits(service)).flatMap((commit) => commit.body().events);

async function knownOperations(): Promise<Set<string>> {
  const events = (await Promise.all(shopServices.map(eventsOf))).flat();
  return new Set(
    events.flatMap(({ operation, cause }) => [operation, parseFound(cause)]).flatMap((o) => o ?? []),
  );
}

/** Money that is kept, by order. */
function kept(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { orderId, kind, minor } of shop.provider.ledger)
    sums[orderId] = (sums[orderId] ?? 0) + (kind === 'charge' ? minor : -minor);
  return sums;
}

test('stream files that end at different places are brought together with the world, once', async () => {
  const since = Date.now();
  const old = await shop.place({ lines });
  await shop.settled(1);
  await sync('first');
  const lost = await shop.place({ lines });
  const cancelled = await shop.place({ lines });
  await shop.cancel(cancelled);
  await shop.settled(3);
  await sync('second');
  const later = await shop.place({ lines });
  await shop.settled(4);
  expect(shop.provider.ledger.filter(({ kind }) => kind === 'charge').length).toBeGreaterThanOrEqual(3);
  const done = { ledger: [...shop.provider.ledger], mails: [...shop.mailServer.mails] };

  // Orders and the mails go back the furthest. Of payments only the messages do: its durables are ahead.
  await cutPower({
    orders: { from: 'first' },
    notifications: { from: 'first' },
    payments: { from: 'second', part: 'msgs' },
  });
  const parts = { ...shop.admin, definitions: shop.definitions };
  const rewound = await rewind(parts, { id, since });
  expect(rewound.durables.every(({ from, to }) => to <= from)).toBe(true);
  shop.start();
  const report = (service: ShopService) => readReport(parts.recovering.bucket, { service, id });
  await expect.poll(() => report('payments'), { timeout: 20_000, interval: 200 }).toBeDefined();
  await expect.poll(() => report('notifications'), { timeout: 20_000, interval: 200 }).toBeDefined();

  // The orders that their log lost are cancelled, as far as anybody still knows of them.
  const reasonOf = async (orderId: string): Promise<unknown> => {
    const found = (await eventsOf('orders')).find(
      ({ type, correlation }) => type === 'OrderCancelled' && correlation === orderId,
    );
    return (found?.data as { reason?: string } | undefined)?.reason;
  };
  for (const orderId of [lost, later])
    await expect.poll(() => reasonOf(orderId), { timeout: 20_000, interval: 200 }).toBe('unknown');
  await shop.heardAll();

  const { ledger } = shop.provider;
  const operations = ledger.map(({ operationId }) => operationId);
  expect(new Set(operations).size).toBe(operations.length); // nothing was done twice
  const known = await knownOperations();
  expect(operations.filter((operation) => !known.has(operation))).toEqual([]); // nothing stays unknown
  const money = kept();
  expect(money[old]).toBeGreaterThan(0);
  expect([money[lost], money[later], money[cancelled] ?? 0]).toEqual([0, 0, 0]); // nothing lost is kept
  expect(ledger.slice(0, done.ledger.length)).toEqual(done.ledger);
  expect(shop.mailServer.mails).toEqual(done.mails); // nobody was written to a second time
  expect((await report('payments'))?.found.map(({ correlation }) => correlation)).toContain(later);

  // The same recovery again, by processes that know nothing: no event, no call, no mail.
  const before = { lengths: await shop.lengths(), calls: shop.provider.calls.length };
  await shop.stop();
  expect(await rewind(parts, { id, since })).toMatchObject({ again: true });
  shop.start();
  await shop.heardAll();
  expect({ lengths: await shop.lengths(), calls: shop.provider.calls.length }).toEqual(before);
}, 60_000);
