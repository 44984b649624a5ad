import type { NatsConnection } from 'nats';
import { RECOVERY_STREAM, recoveryKeySubject } from './names.ts';
import { pauseMs, sleep } from './pauses.ts';
import { wireOf } from './wire.ts';

const TIMEOUT_MS = 1_000;

/** What stands at the broker, as it is stored; `undefined` where there is none. */
export interface RecordsAtBroker {
  readonly recovery: string | undefined;
  readonly imported: string | undefined;
}

/**
 * After each reconnect the recovery that stands at the broker, and the import, are read before anything else
 * leaves: the store may have lost its tail, and an acknowledgement of before would settle a rewound delivery;
 * or it is filled by others. Where `isKnown` says no the connection stays shut for good.
 */
export function guardReconnects(nc: NatsConnection, isKnown: (records: RecordsAtBroker) => boolean): void {
  wireOf(nc).checkAfterReconnect(async () => {
    for (let tries = 1; ; tries++) {
      try {
        const recovery = await recordAt(nc, 'recovery');
        if (isKnown({ recovery, imported: await recordAt(nc, 'import') })) return;
        await new Promise<never>(() => {}); // whoever was told ends this process
      } catch {
        await sleep(pauseMs(tries)); // not there yet
      }
    }
  });
}

async function recordAt(nc: NatsConnection, key: string): Promise<string | undefined> {
  const query = JSON.stringify({ last_by_subj: recoveryKeySubject(key) });
  const msg = await nc.request(`$JS.API.STREAM.MSG.GET.${RECOVERY_STREAM}`, query, { timeout: TIMEOUT_MS });
  const { error, message } = msg.json<{ error?: { err_code: number }; message?: { data?: string } }>();
  if (error && error.err_code !== NO_MESSAGE) throw new Error(`refused: ${error.err_code}`);
  return message && Buffer.from(message.data ?? '', 'base64').toString();
}

const NO_MESSAGE = 10037;
