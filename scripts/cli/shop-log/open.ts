import type { EventLog } from '@refrain/event-log';
import type { GovernorStore } from '@refrain/governor';
import { connectBroker, jetStreamEventLog, jetStreamGovernorStore, platformIdOf } from '@refrain/jetstream';
import { loginAs } from '../broker-login.ts';
import type { FoundShop } from '../shop-at.ts';

/** How long a command waits for its connection, in milliseconds. */
const firstMs = 5_000;
/** How long a broker that does not answer is asked again, in milliseconds. */
const giveUpMs = 10_000;

/** What a shop has on its broker besides the logs. */
export interface ShopRecords {
  readonly governor: Pick<GovernorStore, 'read' | 'history'>;
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
    return await work(log, { governor: jetStreamGovernorStore(connection), platformId });
  } finally {
    await connection.close();
  }
}
