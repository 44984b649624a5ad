import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@refrain/contract-kit';
import { PLATFORM } from '@refrain/simulation';
import { brokerPlan, connectBroker, jetStreamCopies } from '@refrain/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestBroker, testBroker } from '../../shared/jetstream/test-broker.fixture.ts';
import { exportLogs } from '../../scripts/cli/archive/export-logs.ts';
import { checkArchive, importArchive } from '../../scripts/cli/archive/import-logs.ts';
import { serviceNames } from '../../scripts/cli/supervisor/found-services.ts';
import { identify } from '../../scripts/cli/supervisor/process-identity.ts';
import { writeRunFile } from '../../scripts/cli/supervisor/run-file.ts';
import { shopTopology } from '../../scripts/cli/supervisor/shop-topology.ts';
import { typed } from '../support/typed.ts';
import { copyLogs } from './copied-logs.ts';
import { KeptLog } from './kept-log.ts';
import { recordedShop } from './recorded-shop.ts';

const EVENTS = 100_000;
const quiet = { onProgress: () => {} };
const plan = brokerPlan(shopTopology());
const folder = mkdtempSync(join(tmpdir(), 'refrain-100k-'));
const archive = join(folder, 'shop.ndjson');
let broker: TestBroker;
let connection: NatsConnection;

/** Every command finds a shop here that has a broker and no process. */
function pretendShop(natsUrl: string): NodeJS.ProcessEnv {
  const supervisor = identify(process.pid);
  const startedAt = new Date().toISOString();
  writeRunFile(folder, { version: 1, supervisor, startedAt, natsUrl, portBase: 1, ports: {}, processes: [] });
  return { REFRAIN_DATA: folder };
}

const refrain = (...argv: string[]) => typed(env, ...argv);

let env: NodeJS.ProcessEnv;
let orderId: string;
/** How many events were written. */
let written = 0;

beforeAll(async () => {
  const { world } = await recordedShop(1);
  const isLeft = ({ entity }: { entity: { entityType: string } }): boolean =>
    entity.entityType === 'warehouse' || entity.entityType === 'receipt';
  const recorded = serviceNames.flatMap((service) => [...world.broker.commitsOf(service)]);
  const kept = recorded.filter((commit) => !isLeft(commit));
  const each = kept.reduce((sum, { types }) => sum + types.length, 0);
  const copies = Math.ceil(EVENTS / each);
  written = copies * each;
  const log = new KeptLog();
  await copyLogs(log, recorded, { copies, isLeft });
  const about = { platformId: PLATFORM, services: serviceNames, without: [], kept: [] };
  await exportLogs({ copies: log, ...about, file: archive, ...quiet });
  broker = await testBroker(inject('natsServerBin'));
  connection = await connectBroker({ url: broker.url, name: 'a test' });
  const there = jetStreamCopies(connection);
  const checked = await checkArchive(archive, serviceNames, quiet.onProgress);
  await importArchive({ archive: checked, connection, plan, copiesOf: async () => there, ...quiet });
  env = pretendShop(broker.url);
  const completed = kept.find(({ types }) => types.includes('OrderCompleted.1'));
  orderId = hash(completed?.entity.entityId ?? '', String(Math.floor(copies / 2)));
}, 120_000);
afterAll(async () => {
  await connection.close();
  await broker.close();
  rmSync(folder, { recursive: true });
});

interface Changed {
  readonly events: readonly { readonly seq: number; readonly type: string }[];
}

test('an entity in the middle of the log is shown as it was, and which event changed it', async () => {
  const { code, document } = await refrain('diff', 'orders', `order/${orderId}`);
  const { events } = document as Changed;
  const completed = events.find(({ type }) => type === 'OrderCompleted');
  expect([code, events[0]?.type, completed?.type]).toEqual([0, 'OrderPlaced', 'OrderCompleted']);
  const at = async (seq: number): Promise<unknown> =>
    (await refrain('state', 'orders', `order/${orderId}`, '--at', String(seq))).document;
  const last = completed?.seq ?? 0;
  expect(await at(last - 1)).toMatchObject({ state: { status: 'placed' } });
  expect(await at(last)).toMatchObject({ state: { status: 'completed' } });
});

test('all decisions of orders are made again as they were', { timeout: 60_000 }, async () => {
  const { code, document } = await refrain('replay', 'orders');
  expect([code, document]).toMatchObject([0, { different: 0 }]);
  expect((document as { same: number }).same).toBeGreaterThan(EVENTS / 10);
});

test('what was imported is held, and an export of it is the same file', { timeout: 60_000 }, async () => {
  const again = join(folder, 'again.ndjson');
  expect(await refrain('export', again)).toMatchObject({ code: 0, document: { events: written } });
  expect(readFileSync(again).equals(readFileSync(archive))).toBe(true);
  expect((await refrain('retries', 'ls')).document).toMatchObject({ held: true });
});
