import type { NatsConnection } from 'nats';
import { RECOVERY_STREAM, recoveryKeySubject } from './names.ts';
import { pauseMs, sleep } from './pauses.ts';
import { wireOf } from './wire.ts';

const TIMEOUT_MS = 1_000;

/**
 * After each reconnect the recovery that stands at the broker is read before anything else leaves: the store
 * may have lost its tail, and an acknowledgement of before would settle a rewound delivery. `isKnown` gets
 * the record as it is stored, `undefined` where there is none; false leaves the connection shut for good.
 */
export function guardReconnects(nc: NatsConnection, isKnown: (record: string | undefined) => boolean): void {
  wireOf(nc).checkAfterReconnect(async () => {
    for (let tries = 1; ; tries++) {
      try {
        if (isKnown(await recordAt(nc))) return;
        await new Promise<never>(() => {}); // whoever was told ends this process
      } catch {
        await sleep(pauseMs(tries)); // not there yet
      }
    }
  });
}

async function recordAt(nc: NatsConnection): Promise<string | undefined> {
  const query = JSON.stringify({ last_by_subj: recoveryKeySubject('recovery') });
  const msg = await nc.request(`$JS.API.STREAM.MSG.GET.${RECOVERY_STREAM}`, query, { timeout: TIMEOUT_MS });
  const { error, message } = msg.json<{ error?: { err_code: number }; message?: { data?: string } }>();
  if (error && error.err_code !== NO_MESSAGE) throw new Error(`refused: ${error.err_code}`);
  return message && Buffer.from(message.data ?? '', 'base64').toString();
}

const NO_MESSAGE = 10037;
