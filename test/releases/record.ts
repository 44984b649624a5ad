// Records what a release stores, for every later one to open: `npx node test/releases/record.ts`. It starts a
// shop of its own, lets happen in it what can, and writes test/releases/<version>/. Takes two minutes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker } from '@refrain/jetstream';
import { jetstreamManager } from '@nats-io/jetstream';
import { type OrderBody, orderBody, shopDoors } from '../support/shop-doors.ts';
import { startShop, type TestShop } from '../support/shop.ts';
import { root } from '../tidy/tree.ts';
import type { About, Release, StoredMessage } from './release.ts';

/** Floors are noted once a minute. */
const floorsMs = 65_000;
const clientKey = 'release-1';

async function storedIn({
  refrainData,
  portBase,
}: TestShop): Promise<Pick<Release, 'messages'> & { platformId: string }> {
  const login = JSON.parse(readFileSync(join(refrainData, 'secrets', 'admin.json'), 'utf8')) as object;
  const nc = await connectBroker({ url: `nats://127.0.0.1:${portBase + 22}`, name: 'a record', ...login });
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const messages: StoredMessage[] = [];
  let platformId = '';
  for await (const { config, state } of manager.streams.list()) {
    platformId = config.metadata?.['platformId'] ?? platformId;
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const found = await manager.streams.getMessage(config.name, { seq }).catch(() => null);
      if (!found) continue; // the bucket keeps so many values of a key
      const headers = Object.fromEntries([...found.header].map(([name, values]) => [name, values[0] ?? '']));
      const { subject, timestamp: at } = found;
      messages.push({ stream: config.name, seq, subject, at, headers, body: found.string() });
    }
  }
  await nc.close();
  return { messages: messages.filter(isWorthKeeping), platformId };
}

/** The governor says its words anew each second: of each key the last value is enough. */
const isWorthKeeping = ({ stream, subject, seq }: StoredMessage, _: number, all: StoredMessage[]): boolean =>
  stream !== 'KV_governor' ||
  !all.some((later) => later.stream === stream && later.subject === subject && later.seq > seq);

/** As many kinds of stories as a shop tells by itself and by what people say. */
async function live(shop: TestShop): Promise<Pick<About, 'orderId' | 'orders' | 'waiting'>> {
  const doors = shopDoors(shop);
  const place = async (body: Partial<OrderBody> = {}, headers = {}): Promise<string> =>
    await doors.place(orderBody(body), headers);
  const orderId = await place({}, { 'idempotency-key': clientKey });
  const all = [orderId, await place({ lines: [{ sku: 'rare-001', quantity: 6 }] })];
  all.push(await place({ paymentMethod: 'pm_card_chargeDeclined' }));
  await Promise.all(all.map((id) => doors.settled(id)));
  await doors.setFaults('psp', { mode: 'slow', rate: 1, delayMs: 2_000 });
  const recalled = await place();
  await doors.cancel(recalled);
  await doors.settled(recalled);
  await doors.setFaults('psp', { mode: 'fail_after', rate: 0.5 });
  for (const id of await Promise.all(Array.from({ length: 6 }, () => place()))) await doors.settled(id);
  await doors.setFaults('psp', { mode: 'none' });
  await shop.refrain('governor', 'pin', 'mail', 'open', '--why', 'a record');
  await doors.setFaults('mail', { mode: 'fail_after', rate: 1 });
  const [asked, left] = [await place(), await place()];
  const operationOf = async (id: string): Promise<string> => {
    const { document } = await shop.refrain('retries', 'ls', '--flow', id);
    return (document as { operations: { id: string }[] }).operations[0]?.id ?? '';
  };
  while ((await operationOf(asked)) === '' || (await operationOf(left)) === '') await sleep(250);
  await sleep(2_000);
  await doors.setFaults('mail', { mode: 'none' });
  await shop.refrain('verdict', await operationOf(asked), 'happened', '--why', 'a record');
  await sleep(floorsMs);
  const orders = (await doors.ask(`${doors.urls.orders}/orders?limit=1000`)).body;
  return { orderId, orders, waiting: [await operationOf(left)] };
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const folder = join(import.meta.dirname, version);
const shop = await startShop('--fresh');
try {
  const told = await live(shop);
  const { messages, platformId } = await storedIn(shop);
  const about: About = { version, platformId, clientKey, ...told };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'about.json'), `${JSON.stringify(about, undefined, 2)}\n`);
  writeFileSync(join(folder, 'messages.ndjson'), messages.map((one) => `${JSON.stringify(one)}\n`).join(''));
  console.log(`${folder}: ${messages.length} messages`);
} finally {
  await shop.stop();
}
