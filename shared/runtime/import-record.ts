import { Bug, RefrainError } from '@refrain/errors';
import type { ArchiveKept, Bucket } from '@refrain/event-log';
import { readFlows, readRecovery, writeFlows, writeRecovery } from './recovery-record.ts';

/**
 * In the bucket of recoveries, which every service reads before it begins, and again once it hears. STORED
 * FORMAT, version 1.
 */
const IMPORT_KEY = 'import';

/** How a platform came by its logs, where it was imported. */
export interface Imported {
  /** `importing`: a part of it may be missing, nobody may begin. `held`: services run, and call nobody. */
  readonly phase: 'importing' | 'held' | 'taken-over';
  /** The digest of the file. */
  readonly sha256: string;
  /** Where each log ends in the file. */
  readonly positions: Readonly<Record<string, number>>;
  /** Who took it over, and why. */
  readonly by?: string | undefined;
  readonly why?: string | undefined;
}

/** What is on record of an import; `revision` 0: nothing is. */
export async function readImport(
  bucket: Bucket,
): Promise<{ imported: Imported | undefined; revision: number }> {
  const kept = await bucket.read(IMPORT_KEY);
  if (!kept) return { imported: undefined, revision: 0 };
  const { v, ...imported } = JSON.parse(kept.value) as Imported & { v: number };
  if (v !== 1) throw new Bug(`an import of the format ${v}, this build knows 1`);
  return { imported, revision: kept.revision };
}

/**
 * When this platform was imported or, later, taken over, by the broker's clock; in between it calls nobody.
 * What was called before, another one called. `undefined`: it was not imported.
 */
export const importedAt = async (bucket: Pick<Bucket, 'read'>): Promise<number | undefined> =>
  (await bucket.read(IMPORT_KEY))?.at;

/** Which import stands in its stored record; `undefined` where there is none. */
export const importIdOf = (record: string | undefined): string | undefined =>
  record === undefined ? undefined : (JSON.parse(record) as Imported).sha256;

/** @returns the new revision, or `undefined` when somebody else wrote meanwhile. */
export const writeImport = async (
  bucket: Bucket,
  imported: Imported,
  revision: number,
): Promise<number | undefined> =>
  await bucket.write(IMPORT_KEY, JSON.stringify({ v: 1, ...imported }), revision);

/**
 * Whether what runs on this platform calls nobody yet.
 * @throws RF_IMPORT_UNFINISHED on one that holds a part of an import: nothing may begin.
 */
export async function isPlatformHeld(bucket: Bucket): Promise<boolean> {
  const { imported } = await readImport(bucket);
  if (imported?.phase === 'importing')
    throw new RefrainError('RF_IMPORT_UNFINISHED', { sha256: imported.sha256 });
  return imported?.phase === 'held';
}

const RECOVERY_KEY = 'recovery';
const FLOWS_KEY = 'flows.';

/** What the last recovery left in doubt, to be carried along: what is to be done depends on it. */
export async function keptRecovery(bucket: Bucket, services: readonly string[]): Promise<ArchiveKept[]> {
  const { recovery } = await readRecovery(bucket);
  if (!recovery) return [];
  if (recovery.phase === 'rewinding')
    throw new RefrainError('RF_RECOVERY_BUSY', { id: recovery.id, problem: 'it still puts durables back' });
  const kept = [{ key: RECOVERY_KEY, value: JSON.stringify(recovery) }];
  for (const service of services) {
    const flows = [...(await readFlows(bucket, { service, id: recovery.id }))];
    if (flows.length > 0)
      kept.push({ key: `${FLOWS_KEY}${service}`, value: JSON.stringify({ id: recovery.id, flows }) });
  }
  return kept;
}

/** Puts back what `keptRecovery` took. Again, it is the same. */
export async function putBack(bucket: Bucket, { key, value }: ArchiveKept): Promise<void> {
  if (key === RECOVERY_KEY) {
    const { revision } = await readRecovery(bucket);
    const recovery = JSON.parse(value) as NonNullable<Awaited<ReturnType<typeof readRecovery>>['recovery']>;
    await writeRecovery(bucket, recovery, revision);
  } else if (key.startsWith(FLOWS_KEY)) {
    const { id, flows } = JSON.parse(value) as { id: string; flows: string[] };
    await writeFlows(bucket, { service: key.slice(FLOWS_KEY.length), id }, flows);
  }
}
