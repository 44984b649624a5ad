import type { EventLog } from '@refrain/event-log';
import type { GovernorStore } from '@refrain/governor';
import { connectBroker, jetStreamEventLog, jetStreamGovernorStore } from '@refrain/jetstream';
import { loginAs } from '../broker-login.ts';
import type { FoundShop } from '../shop-at.ts';

/** How long a command waits for its connection, in milliseconds. */
const firstMs = 5_000;
/** How long a broker that does not answer is asked again, in milliseconds. */
const giveUpMs = 10_000;

/** What governors share, as far as it can be read. */
export type GovernorRecords = Pick<GovernorStore, 'read' | 'history'>;

/**
 * Reads a shop's logs, and what its governor has said, as the broker's user `audit`, who may write nothing.
 * @throws RF_UNREACHABLE when the broker does not answer.
 */
export async function withShopLog<T>(
  shop: FoundShop,
  work: (log: EventLog, governor: GovernorRecords) => Promise<T>,
): Promise<T> {
  const connection = await connectBroker({ ...loginAs(shop, 'audit', 'refrain'), firstMs });
  try {
    const log = jetStreamEventLog(connection, { clock: { now: Date.now }, giveUpMs });
    return await work(log, jetStreamGovernorStore(connection));
  } finally {
    await connection.close();
  }
}
