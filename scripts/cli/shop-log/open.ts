import type { EventLog } from '@refrain/event-log';
import { connectBroker, jetStreamEventLog } from '@refrain/jetstream';
import { loginAs } from '../broker-login.ts';
import type { FoundShop } from '../shop-at.ts';

/** How long a command waits for its connection, in milliseconds. */
const firstMs = 5_000;
/** How long a broker that does not answer is asked again, in milliseconds. */
const giveUpMs = 10_000;

/**
 * Reads a shop's logs as the broker's user `audit`, who may write nothing.
 * @throws RF_UNREACHABLE when the broker does not answer.
 */
export async function withShopLog<T>(shop: FoundShop, work: (log: EventLog) => Promise<T>): Promise<T> {
  const connection = await connectBroker({ ...loginAs(shop, 'audit', 'refrain'), firstMs });
  try {
    return await work(jetStreamEventLog(connection, { clock: { now: Date.now }, giveUpMs }));
  } finally {
    await connection.close();
  }
}
