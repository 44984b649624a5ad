import type { Bucket, EventLog } from '@refrain/event-log';
import type { GovernorStore } from '@refrain/governor';
import {
  connectBroker,
  jetStreamEventLog,
  jetStreamGovernorStore,
  jetStreamRecovering,
  jetStreamSnapshots,
  platformIdOf,
  snapshotKeys,
} from '@refrain/jetstream';
import { importedAt as importedAtOf, readRecovery } from '@refrain/runtime';
import { loginAs } from '../broker-login.ts';
import { laterServices, readingStarted } from '../later-services.ts';
import type { FoundShop } from '../shop-at.ts';

/** How long a command waits for its connection, in milliseconds. */
const firstMs = 5_000;
/** How long a broker that does not answer is asked again, in milliseconds. */
const giveUpMs = 10_000;

/** What a shop has on its broker besides the logs. */
export interface ShopRecords {
  readonly governor: Pick<GovernorStore, 'read' | 'history'>;
  /** The snapshots of a service, and the keys that there are. */
  readonly snapshots: (service: string) => { bucket: Bucket; keys: () => Promise<string[]> };
  /** The id of the last recovery; empty where there never was one. */
  readonly recovery: () => Promise<string>;
  /** Since when it calls by itself, milliseconds since 1970; `undefined`: it was not imported. */
  readonly importedAt: () => Promise<number | undefined>;
  /** @throws RF_UNREACHABLE when the streams of the shop are not there. */
  readonly platformId: () => Promise<string>;
}

export interface OpenShopLog {
  readonly log: EventLog;
  readonly records: ShopRecords;
  readonly close: () => Promise<void>;
}

/**
 * Opens a shop's logs, and what its governor has said, as the broker's user `audit`, who may write nothing.
 * `name`: what the broker's monitoring calls the reader.
 * @throws RF_UNREACHABLE when the broker does not answer.
 */
export async function openShopLog(shop: FoundShop, name = 'refrain'): Promise<OpenShopLog> {
  const connection = await connectBroker({ ...loginAs(shop, 'audit', name), firstMs });
  const log = readingStarted(jetStreamEventLog(connection, { clock: { now: Date.now }, giveUpMs }), shop);
  const later = laterServices(shop);
  const platformId = (): Promise<string> => platformIdOf(connection, 'orders');
  const snapshots: ShopRecords['snapshots'] = (service) => ({
    bucket: jetStreamSnapshots(connection, service),
    keys: async () => (later.includes(service) ? [] : await snapshotKeys(connection, service)),
  });
  const { bucket } = jetStreamRecovering(connection);
  const recovery = async (): Promise<string> => (await readRecovery(bucket)).recovery?.id ?? '';
  const governor = jetStreamGovernorStore(connection);
  const importedAt = async (): Promise<number | undefined> => await importedAtOf(bucket);
  const records = { governor, snapshots, recovery, importedAt, platformId };
  return { log, records, close: async () => await connection.close() };
}

/** Opens them for as long as `work` takes. @throws RF_UNREACHABLE when the broker does not answer. */
export async function withShopLog<T>(
  shop: FoundShop,
  work: (log: EventLog, records: ShopRecords) => Promise<T>,
): Promise<T> {
  const { log, records, close } = await openShopLog(shop);
  try {
    return await work(log, records);
  } finally {
    await close();
  }
}
