import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { ArchiveBegin } from '@refrain/event-log';
import { connectBroker } from '@refrain/jetstream';
import { expect, onTestFinished, test } from 'vitest';
import { refrain } from '../refrain.fixture.ts';
import { reconcileBroker } from '../supervisor/broker.ts';
import { keepTopologies } from '../supervisor/kept-topologies.ts';
import { shopTopology } from '../supervisor/shop-topology.ts';
import { findShop } from '../shop-at.ts';
import { planOf } from './broker-users.ts';
import { durable, guest } from './guest.fixture.ts';
import { allTopologies, guestsOf } from './guest-list.ts';
import { shopOf } from './shop.fixture.ts';

test('a guest that is refused on its second admission does not keep the shop from its next start', async () => {
  const { dataFolder, env, admit } = await shopOf();
  expect(await admit(guest)).toMatchObject({ code: 0 });
  // It wants to begin at 'now' after all: the broker refuses, one line, and nothing should have changed.
  const second = await admit({ ...guest, durables: [{ ...durable, from: 'now' }] });
  expect(second.code).not.toBe(0);
  expect(second.err).toContain('RF_TOPOLOGY');
  // What the next `refrain up` does.
  const shop = findShop({ ...process.env, ...env });
  await expect(reconcileBroker(shop, planOf(allTopologies(dataFolder), shop))).resolves.not.toThrow();
  expect(guestsOf(dataFolder)[0]?.durables[0]?.from).toBe('beginning');
});

test('an export that leaves out the log of a guest is not one that can be imported', async () => {
  const { dataFolder, env, admit } = await shopOf();
  expect(await admit(guest)).toMatchObject({ code: 0 });
  const file = join(dataFolder, 'shop.ndjson');
  expect(await refrain(['export', file], env)).toMatchObject({ code: 0 });
  const [begin = ''] = readFileSync(file, 'utf8').split('\n');
  const { positions, without } = (JSON.parse(begin) as { data: ArchiveBegin }).data;
  // In an import without it the guest begins with an empty log, and does all of it again.
  expect([...Object.keys(positions), ...without]).toContain('invoices');
});

test('who is admitted changes nothing for services that run with older code than the checkout has', async () => {
  const { dataFolder, env, admit } = await shopOf();
  const older = shopTopology().map((one) =>
    one.service === 'notifications' ? { ...one, durables: [{ ...durable, durable: 'notifications' }] } : one,
  );
  keepTopologies(dataFolder, older);
  const shop = findShop(env);
  await reconcileBroker(shop, planOf(older, shop));
  expect(await admit(guest)).toMatchObject({ code: 0 });
  const nc = await connectBroker({ url: shop.natsUrl, name: 'test' });
  onTestFinished(() => nc.close());
  const manager = await jetstreamManager(nc);
  const { config } = await manager.consumers.info('EVENTS_ORDERS', 'notifications');
  // With the old code listening, an event that only the new code hears would be settled unread.
  expect(config.filter_subjects).toEqual(['events.orders.*.order.*']);
  expect(config.max_ack_pending).toBe(durable.maxAckPending);
});
