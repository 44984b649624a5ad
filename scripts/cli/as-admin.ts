import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, EventLog, Recovering } from '@refrain/event-log';
import { connectBroker, jetStreamEventLog, jetStreamRecovering } from '@refrain/jetstream';
import { type BrokerPlace, loginAs } from './broker-login.ts';

export const clock: Clock = { now: Date.now, sleep: async (ms) => await sleep(ms) };

const firstMs = 5_000;

export interface Admin {
  readonly connection: Awaited<ReturnType<typeof connectBroker>>;
  readonly log: EventLog;
  readonly recovering: Recovering;
}

/**
 * Works as the broker's user `admin`, who alone may rewind, and say how a platform was imported.
 * @throws RF_UNREACHABLE.
 */
export async function asAdmin<T>(broker: BrokerPlace, work: (admin: Admin) => Promise<T>): Promise<T> {
  const connection = await connectBroker({ ...loginAs(broker, 'admin', 'refrain'), firstMs });
  try {
    return await work({
      connection,
      log: jetStreamEventLog(connection, { clock }),
      recovering: jetStreamRecovering(connection),
    });
  } finally {
    await connection.close();
  }
}
