import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { ServiceTopology } from '@refrain/event-log';
import { brokerPlan, connectBroker } from '@refrain/jetstream';
import { expect, inject, onTestFinished, test } from 'vitest';
import { testBroker } from '../../../shared/jetstream/test-broker.fixture.ts';
import { pretendShop } from '../refrain.fixture.ts';
import { findShop } from '../shop-at.ts';
import { reconcileBroker } from '../supervisor/broker.ts';
import { keepTopologies, keptTopologies } from '../supervisor/kept-topologies.ts';
import { shopTopology } from '../supervisor/shop-topology.ts';
import { brokerAtRestart } from './broker-at-restart.ts';

/** Notifications heard one type of the stock before; inventory has no effect, and so no alarms. */
const heard = (...entityTypes: string[]) => ({
  stream: 'inventory',
  durable: 'notifications',
  entityTypes,
  from: 'beginning' as const,
  maxAckPending: 16,
  ackWaitMs: 30_000,
});
const withHeard = (topology: ServiceTopology[], ...entityTypes: string[]): ServiceTopology[] =>
  topology.map((one) =>
    one.service === 'notifications' ? { ...one, durables: [...one.durables, heard(...entityTypes)] } : one,
  );
const withAlarms = (topology: ServiceTopology[]): ServiceTopology[] =>
  topology.map((one) => (one.service === 'inventory' ? { ...one, schedules: true } : one));
const old = withHeard(shopTopology(), 'reservation');

async function shopOf(...instances: string[]) {
  const broker = await testBroker(inject('natsServerBin'));
  const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-restart-'));
  onTestFinished(async () => {
    await broker.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  pretendShop(dataFolder, { name: 'notifications', url: 'http://127.0.0.1:1', natsUrl: broker.url });
  const found = findShop({ REFRAIN_DATA: dataFolder });
  const [entry] = found.processes;
  const processes = entry ? ['notifications', ...instances].map((name) => ({ ...entry, name })) : [];
  const shop = { ...found, processes };
  await reconcileBroker(shop, brokerPlan(old, { replicas: 1 }));
  keepTopologies(dataFolder, old);
  const nc = await connectBroker({ url: broker.url, name: 'test' });
  onTestFinished(() => nc.close());
  const manager = await jetstreamManager(nc);
  const filters = async () =>
    (await manager.consumers.info('EVENTS_INVENTORY', 'notifications')).config.filter_subjects;
  const hasAlarms = async () =>
    await manager.streams.info('SCHEDULES_INVENTORY').then(
      () => true,
      () => false,
    );
  return { shop, dataFolder, filters, hasAlarms };
}

const all = { processes: ['notifications'], services: ['notifications'] };

test('what would be settled unread is heard only when nobody hears with the old code', async () => {
  const { shop, dataFolder, filters } = await shopOf();
  const now = withHeard(shopTopology(), 'reservation', 'warehouse');
  const broker = brokerAtRestart(shop, now);
  await broker.prepare(all);
  expect(await filters()).toEqual(['events.inventory.*.reservation.*']);
  expect(keptTopologies(dataFolder)).toEqual(old);
  await broker.complete(all);
  expect(await filters()).toEqual(['events.inventory.*.reservation.*', 'events.inventory.*.warehouse.*']);
  expect(keptTopologies(dataFolder)).toEqual(now);
});

test('what another service wants by today’s code waits for its own restart', async () => {
  const { shop, filters, hasAlarms } = await shopOf();
  const now = withAlarms(withHeard(shopTopology(), 'reservation', 'warehouse'));
  const inventory = { processes: ['inventory'], services: ['inventory'] };
  const first = brokerAtRestart(shop, withAlarms(old));
  await first.prepare(all);
  await first.complete(all);
  expect(await hasAlarms()).toBe(false);
  const second = brokerAtRestart(shop, now);
  await second.prepare(inventory);
  expect(await hasAlarms()).toBe(true);
  await second.complete(inventory);
  expect(await filters()).toEqual(['events.inventory.*.reservation.*']);
});

test('an instance that would go on without knowing is named, and nothing is changed', async () => {
  const { shop, filters } = await shopOf('notifications-2');
  const broker = brokerAtRestart(shop, withHeard(shopTopology(), 'reservation', 'warehouse'));
  await expect(broker.prepare(all)).rejects.toThrow(
    'notifications-2 would go on without knowing. Nothing was restarted. Name all instances: refrain restart notifications notifications-2.',
  );
  expect(await filters()).toEqual(['events.inventory.*.reservation.*']);
});
