import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '@refrain/contract-kit';
import { newCommit } from '@refrain/event-log';
import {
  type BrokerPlan,
  brokerPlan,
  type Copies,
  connectBroker,
  jetStreamCopies,
  jetStreamEventLog,
  jetStreamRecovering,
  platformIdOf,
  reconcile,
} from '@refrain/jetstream';
import { systemClock } from '@refrain/process';
import {
  type Imported,
  importedAt,
  isPlatformHeld,
  readImport,
  topologyOf,
  writeImport,
} from '@refrain/runtime';
import type { NatsConnection } from 'nats';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderFault } from '@refrain/service-payments/gateway';
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { type TestBroker, testBroker } from '../../shared/jetstream/test-broker.fixture.ts';
import { exportLogs } from '../../scripts/cli/archive/export-logs.ts';
import { checkArchive, importArchive, type ImportResult } from '../../scripts/cli/archive/import-logs.ts';
import { JetStreamShop } from '../support/jetstream-shop.ts';
import { shopServices } from '../support/shop-streams.ts';

const lines = [{ sku: 'tea-001', quantity: 2 }];
const quiet = { onProgress: () => {} };
const folder = mkdtempSync(join(tmpdir(), 'refrain-archive-'));
const archive = join(folder, 'shop.ndjson');
let first: JetStreamShop;
let kept: string;
let open: string;
let known: string;
let struggles = false;

const exported = async (shop: JetStreamShop, file: string, platformId = shop.platformId) =>
  await exportLogs({
    copies: jetStreamCopies(shop.connection),
    platformId,
    services: shopServices,
    without: [],
    kept: [],
    file,
    ...quiet,
  });

beforeAll(async () => {
  const later = new ProviderFault('provider_busy', 'later', { retryAfterMs: 2_500 });
  first = await JetStreamShop.open({
    recovering: true,
    provider: (fake) => ({
      ...fake,
      create: async (...asked) => (struggles ? await Promise.reject(later) : await fake.create(...asked)),
    }),
  });
  kept = await first.place({ lines }, 'kept');
  await first.place({ lines, paymentMethod: 'pm_card_chargeDeclined' });
  await first.place({ lines: [{ sku: 'rare-001', quantity: 1 }] }); // of which there is none
  await first.cancel(await first.place({ lines }));
  await first.settled(4);
  struggles = true;
  open = await first.place({ lines }, 'open');
  await vi.waitUntil(async () => (await first.alarms('payments')) === 1, { timeout: 10_000 });
  await first.heardAll();
  known = canonicalJson(await first.states());
  await first.stop();
  struggles = false;
  await exported(first, archive);
});
afterAll(async () => {
  await first.close();
  rmSync(folder, { recursive: true });
});

/** A broker that holds nothing. What a test opened is closed in the order from the last to the first. */
async function newBroker(): Promise<TestBroker> {
  const broker = await testBroker(inject('natsServerBin'));
  onTestFinished(() => broker.close());
  return broker;
}

/** Another platform of the same world, filled from the archive. It does not run. */
async function imported(): Promise<JetStreamShop> {
  const { url } = await newBroker();
  const shop = await JetStreamShop.open({
    broker: { url, stop: async () => {} },
    recovering: true,
    provider: () => first.provider,
    post: () => first.mailServer,
    fill: async (connection, plan) => void (await fillFrom(archive, { connection, plan })),
  });
  onTestFinished(() => shop.close());
  return shop;
}

interface Target {
  readonly connection: NatsConnection;
  readonly plan: BrokerPlan;
  readonly copies?: Copies | undefined;
}

async function fillFrom(file: string, { connection, plan, copies }: Target): Promise<ImportResult> {
  const checked = await checkArchive(file, shopServices, () => {});
  const copiesOf = async (): Promise<Copies> => copies ?? jetStreamCopies(connection);
  return await importArchive({ archive: checked, connection, plan, copiesOf, ...quiet });
}

const outside = () => ({
  calls: [...first.provider.calls],
  ledger: [...first.provider.ledger],
  mails: first.mailServer.mails.length,
});
const bucketOf = ({ connection }: JetStreamShop) => jetStreamRecovering(connection).bucket;

test('what was imported is the same, knows every repeat, calls nobody, and then goes on, once', async () => {
  const before = outside();
  const shop = await imported();
  expect(await isPlatformHeld(bucketOf(shop))).toBe(true);
  const importedFirst = (await importedAt(bucketOf(shop))) ?? 0;
  shop.start({ held: true });
  // Every reader hears everything again, also what is due by now. It adds nothing, and nobody is called.
  await shop.heardAll(['payments-effects', 'notifications-effects']);
  await sleep(1_500);
  expect(await shop.place({ lines }, 'kept')).toBe(kept);
  expect(canonicalJson(await shop.states())).toBe(known);
  expect(outside()).toEqual(before);
  const again = join(folder, 'again.ndjson');
  await exported(shop, again);
  expect(readFileSync(again).equals(readFileSync(archive))).toBe(true);

  const { imported: record, revision } = await readImport(bucketOf(shop));
  await writeImport(bucketOf(shop), { ...(record as Imported), phase: 'taken-over' }, revision);
  expect(await importedAt(bucketOf(shop))).toBeGreaterThan(importedFirst);
  await shop.settled(5);
  const { ledger, mails } = outside();
  const charges = ledger.slice(before.ledger.length).map(({ orderId, kind }) => `${kind} ${orderId}`);
  expect([charges, mails - before.mails]).toEqual([[`charge ${open}`], 1]);
});

/** A connection to a broker that holds nothing, and what the shop needs there. */
async function bare(): Promise<Required<Omit<Target, 'copies'>>> {
  const { url } = await newBroker();
  const connection = await connectBroker({ url, name: 'a test' });
  onTestFinished(() => connection.close());
  return { connection, plan: brokerPlan(first.definitions.map(topologyOf)) };
}

test('broken off it is gone on with by the same file only, and meanwhile nothing may begin', async () => {
  const target = await bare();
  const whole = jetStreamCopies(target.connection);
  let room = 40;
  const broken: Copies = {
    ...whole,
    write: async (messages) => {
      await whole.write(messages.slice(0, room));
      room -= messages.length;
      if (room < 0) throw new Error('killed');
    },
  };
  await expect(fillFrom(archive, { ...target, copies: broken })).rejects.toThrow('RF_IMPORT_BROKEN_OFF');
  const { bucket } = jetStreamRecovering(target.connection);
  await expect(isPlatformHeld(bucket)).rejects.toThrow('RF_IMPORT_UNFINISHED');
  const other = join(folder, 'other.ndjson');
  await exported(first, other, 'another');
  await expect(fillFrom(other, target)).rejects.toThrow('a part of another archive lies there');

  const { before, again } = await fillFrom(archive, target);
  expect([before > 20, again]).toEqual([true, false]);
  expect(await isPlatformHeld(bucket)).toBe(true);
  expect(await fillFrom(archive, target)).toMatchObject({ again: true, takenOver: false });
  const { imported: record, revision } = await readImport(bucket);
  await writeImport(bucket, { ...(record as Imported), phase: 'taken-over' }, revision);
  expect(await fillFrom(archive, target)).toMatchObject({ again: true, takenOver: true });
  await expect(fillFrom(other, target)).rejects.toThrow('another archive was imported');
});

/** Ends with the signal that ended it. */
async function killedImport(url: string, messages: number): Promise<NodeJS.Signals | null> {
  const script = join(import.meta.dirname, 'killed-import.ts');
  const child = spawn(process.execPath, [script, url, archive, String(messages)], { stdio: 'inherit' });
  return await new Promise((done) => child.once('close', (_, signal) => done(signal)));
}

test('killed by SIGKILL, wherever that is, it is gone on with to the same end', async () => {
  const { url } = await newBroker();
  for (const messages of [0, 1, 30]) {
    expect(await killedImport(url, messages)).toBe('SIGKILL');
    const looking = await connectBroker({ url, name: 'a test' });
    await expect(isPlatformHeld(jetStreamRecovering(looking).bucket)).rejects.toThrow('RF_IMPORT_UNFINISHED');
    await looking.close();
  }
  const shop = await JetStreamShop.open({
    broker: { url, stop: async () => {} },
    recovering: true,
    fill: async (connection, plan) => void (await fillFrom(archive, { connection, plan })),
  });
  onTestFinished(() => shop.close());
  expect(await isPlatformHeld(bucketOf(shop))).toBe(true);
  const again = join(folder, 'killed.ndjson');
  await exported(shop, again);
  expect(readFileSync(again).equals(readFileSync(archive))).toBe(true);
});

test('the id of an empty platform is taken over, once nobody works there', async () => {
  const target = await bare();
  const { platformId } = await reconcile(target.connection, target.plan);
  expect(platformId).not.toBe(first.platformId);
  const log = jetStreamEventLog(target.connection, { clock: systemClock });
  const reader = { service: 'orders', durable: 'payments' };
  const subscription = await log.subscribe(reader, { maxInFlight: 1 }, async () => {});
  await vi.waitFor(() => expect(fillFrom(archive, target)).rejects.toThrow('deliveries of payments'));
  await subscription.stop();
  await vi.waitFor(() => fillFrom(archive, target), { timeout: 10_000 });
  expect(await platformIdOf(target.connection, 'orders')).toBe(first.platformId);
});

test('a platform that holds something is refused, and what it holds is named', async () => {
  const target = await bare();
  await reconcile(target.connection, target.plan);
  const entity = { service: 'orders', entityType: 'order', entityId: 'o' };
  const event = { id: 'e', type: 'X', version: 1, cause: 'c', reaction: 'r', correlation: 'o', data: {} };
  const log = jetStreamEventLog(target.connection, { clock: systemClock });
  await log.append(newCommit({ entity, expected: 0, events: [event] }));
  await expect(fillFrom(archive, target)).rejects.toThrow('EVENTS_ORDERS holds 1 message');
  expect(await log.lastSequence('payments')).toBe(0);
});
