import { RefrainError } from '@refrain/errors';
import { type Imported, isPlatformHeld, readImport, writeImport } from '@refrain/runtime';
import { asAdmin } from '../as-admin.ts';
import type { BrokerPlace } from '../broker-login.ts';
import { UsageError } from '../errors.ts';
import type { Said } from '../operator/options.ts';

/**
 * Whether the services of a shop call nobody, since it was imported and not taken over.
 * @throws RF_IMPORT_UNFINISHED where a part of an import lies there.
 */
export const isShopHeld = async (broker: BrokerPlace): Promise<boolean> =>
  await asAdmin(broker, async ({ recovering: { bucket } }) => await isPlatformHeld(bucket));

export interface TakenOver {
  readonly imported: Imported;
  /** It had been taken over before. */
  readonly again: boolean;
}

/**
 * From now on the services call whom they have to call.
 * @throws UsageError for a shop that was not imported, RF_IMPORT_UNFINISHED, RF_IMPORT_LOST where the broker
 * lost some of it.
 */
export const takeOverShop = async (broker: BrokerPlace, said: Said): Promise<TakenOver> =>
  await asAdmin(broker, async ({ log, recovering: { bucket } }) => {
    for (;;) {
      const { imported, revision } = await readImport(bucket);
      if (!imported)
        throw new UsageError('refrain import: this shop was not imported. Nothing was taken over.');
      if (imported.phase === 'taken-over') return { imported, again: true };
      await isPlatformHeld(bucket);
      for (const [service, position] of Object.entries(imported.positions)) {
        const last = await log.lastSequence(service);
        if (last < position) throw new RefrainError('RF_IMPORT_LOST', { service, last, position });
      }
      const now: Imported = { ...imported, phase: 'taken-over', ...said };
      if ((await writeImport(bucket, now, revision)) !== undefined) return { imported: now, again: false };
    }
  });
