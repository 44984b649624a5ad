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
import { readRecovery } from '@refrain/runtime';
import { loginAs } from '../broker-login.ts';
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
  /** @throws RF_UNREACHABLE when the streams of the shop are not there. */
  readonly platformId: () => Promise<string>;
}

/**
 * Reads a shop's logs, and what its governor has said, as the broker's user `audit`, who may write nothing.
 * @throws RF_UNREACHABLE when the broker does not answer.
 */
export async function withShopLog<T>(
  shop: FoundShop,
  work: (log: EventLog, records: ShopRecords) => Promise<T>,
): Promise<T> {
  const connection = await connectBroker({ ...loginAs(shop, 'audit', 'refrain'), firstMs });
  try {
    const log = jetStreamEventLog(connection, { clock: { now: Date.now }, giveUpMs });
    const platformId = (): Promise<string> => platformIdOf(connection, 'orders');
    const snapshots: ShopRecords['snapshots'] = (service) => ({
      bucket: jetStreamSnapshots(connection, service),
      keys: () => snapshotKeys(connection, service),
    });
    const { bucket } = jetStreamRecovering(connection);
    const recovery = async (): Promise<string> => (await readRecovery(bucket)).recovery?.id ?? '';
    const governor = jetStreamGovernorStore(connection);
    return await work(log, { governor, snapshots, recovery, platformId });
  } finally {
    await connection.close();
  }
}
