import { canonicalJson, hash } from '@refrain/contract-kit';
import type { Kept } from '@refrain/event-log';
import {
  entityName,
  manifestKey,
  ownLogName,
  partKey,
  readManifest,
  registryOf,
  snapshotCode,
} from '@refrain/runtime';
import type { PaymentProvider } from '@refrain/service-payments/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditSnapshots, type SnapshotSource } from '../../scripts/cli/shop-log/audit-snapshots.ts';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { shopServices } from '../support/shop-streams.ts';

const snapshots = { codeHash: 'one', everyMs: 100, restMs: 0, entityAfter: 1, logAfter: 1 };
let isBroken = false;
/** A provider that says what nobody expects: the operation is a defect. */
const failing = (fake: PaymentProvider): PaymentProvider => ({
  ...fake,
  create: (...args) => (isBroken ? Promise.reject(new Error('nobody expects this')) : fake.create(...args)),
});
let shop: JetStreamShop;

beforeAll(async () => {
  shop = await JetStreamShop.open({ host: { snapshots }, provider: failing });
  for (let i = 0; i < 3; i++) await shop.place({ lines: [{ sku: 'tea-001', quantity: 2 }] });
  await shop.settled(3);
  isBroken = true;
  await shop.place({ lines: [{ sku: 'tea-001', quantity: 2 }] });
  await shop.heardAll();
});
afterAll(() => shop.close());

const streamOf = (service: string): string => `KV_snapshots_${service}`;
const kept = async (service: string): Promise<number> =>
  (await shop.manager.streams.info(streamOf(service))).state.messages;

/** All that the services know: states, open operations, dead letters. */
async function known(): Promise<string> {
  const waiting = shopServices.map(async (service) => {
    const desk = shop.desk(service);
    return [service, await desk.operations(), await desk.deadLetters()];
  });
  return canonicalJson([await shop.states(), await Promise.all(waiting)]);
}

/** What the audit leans on, for all services of this shop. */
const sources = (): SnapshotSource[] =>
  shop.definitions.map(registryOf).map((registry) => {
    const { bucket, keys } = shop.snapshots(registry.contract.service);
    return { registry, bucket, keys, code: snapshotCode(snapshots.codeHash, '') };
  });
const audited = () => auditSnapshots(shop.admin.log, sources(), { all: true, onProgress: () => {} });

/** Changes what a snapshot says. Returns the place in the log that it is of. */
async function plant(service: string, name: string, changed: (text: string) => string): Promise<number> {
  const { bucket } = shop.snapshots(service);
  const stored = (await bucket.read(manifestKey(name))) as Kept;
  const manifest = readManifest(stored.value) as NonNullable<ReturnType<typeof readManifest>>;
  const key = partKey(name, manifest.slot, 0);
  const part = (await bucket.read(key)) as Kept;
  const planted = changed(part.value);
  await bucket.write(key, planted, part.revision);
  await bucket.write(
    manifestKey(name),
    JSON.stringify({ ...manifest, digest: hash(planted) }),
    stored.revision,
  );
  return manifest.position.seq;
}

test('the audit replays every snapshot, and names one that says something else', {
  timeout: 60_000,
}, async () => {
  await expect
    .poll(async () => (await shop.desk('payments').deadLetters()).items.length, { timeout: 10_000 })
    .toBe(1);
  for (const service of shopServices)
    await expect.poll(() => kept(service), { timeout: 10_000 }).toBeGreaterThan(1);
  const ownLogKept = async (): Promise<boolean> => {
    await shop.desk('orders').operations(); // it is read on when somebody asks
    return (await shop.snapshots('orders').keys()).includes(manifestKey(ownLogName));
  };
  await expect.poll(ownLogKept, { timeout: 10_000 }).toBe(true);
  await shop.stop(); // what is kept stays as it is
  const right = await audited();
  expect(right).toMatchObject({ discarded: 0, violations: [] });
  expect(right.compared).toBeGreaterThan(4);
  const warehouse = entityName('warehouse', 'main');
  const at = await plant('inventory', warehouse, (text) => text.replace('"reserved":', '"reserved":9'));
  const unsettled = await plant('orders', ownLogName, (text) => {
    const view = JSON.parse(text) as { matters: unknown[] };
    expect(view.matters).toHaveLength(1);
    return JSON.stringify({ ...view, matters: [] });
  });
  const { violations } = await audited();
  const where = [`orders ${ownLogName} at ${unsettled}`, `inventory ${warehouse} at ${at}`];
  expect(violations.map((violation) => violation.where).sort()).toEqual(where.sort());
  expect(violations[0]).toMatchObject({ invariant: 'a snapshot is what the log says' });
  await shop.manager.streams.purge(streamOf('orders'));
  await shop.manager.streams.purge(streamOf('inventory'));
  shop.start();
});

test('with its snapshots, without them, and under another code: the services know the same', async () => {
  const before = await known();
  expect(before).toContain('"defect"');
  await shop.stop();
  shop.start();
  expect(await known()).toBe(before);
  await shop.stop();
  shop.start({ snapshots: { ...snapshots, codeHash: 'two', everyMs: 100_000 } });
  expect(await known()).toBe(before);
  await shop.stop();
  for (const service of shopServices) await shop.manager.streams.purge(streamOf(service));
  shop.start({ snapshots: { ...snapshots, everyMs: 100_000 } });
  expect(await known()).toBe(before);
  await shop.stop();
  for (const service of shopServices) await shop.manager.streams.delete(streamOf(service));
  shop.start({ snapshots: { ...snapshots, everyMs: 100_000 } });
  expect(await known()).toBe(before);
}, 60_000);
