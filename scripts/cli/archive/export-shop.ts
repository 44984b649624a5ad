import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { jetStreamCopies, platformIdOf, type StoredLog, storedLogs } from '@refrain/jetstream';
import { isPlatformHeld, keptRecovery } from '@refrain/runtime';
import { asAdmin } from '../as-admin.ts';
import type { BrokerPlace } from '../broker-login.ts';
import { UsageError } from '../errors.ts';
import { type Exported, type ExportParts, exportLogs } from './export-logs.ts';

/** @throws UsageError for no name, for a file that is there, and for a folder that is not. */
export function checkTarget(file: string, command: 'export' | 'record'): void {
  const wrong = (problem: string): UsageError =>
    new UsageError(`refrain ${command}: ${problem}. Nothing was written.`);
  if (file === '') throw wrong('expected <file>, found an empty name');
  if (existsSync(file)) throw wrong(`${file} is there already; name a new file`);
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory())
    throw wrong(`${dirname(file)} is no folder`);
}

export interface ShopExported extends Exported {
  /** All that the broker held as it began, also what nobody owns. */
  readonly logs: readonly StoredLog[];
}

/** Exports the logs of a running shop. @throws RF_EXPORT, RF_UNREACHABLE, RF_IMPORT_UNFINISHED. */
export const exportShop = async (
  broker: BrokerPlace,
  asked: Pick<ExportParts, 'services' | 'without' | 'file' | 'onProgress'>,
): Promise<ShopExported> =>
  await asAdmin(broker, async ({ connection, recovering: { bucket } }) => {
    await isPlatformHeld(bucket);
    const platformId = await platformIdOf(connection, asked.services[0] ?? '');
    const kept = await keptRecovery(bucket, asked.services);
    const logs = await storedLogs(connection);
    const done = await exportLogs({ copies: jetStreamCopies(connection), platformId, kept, ...asked });
    return { ...done, logs };
  });
