import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Linux draws it at each boot. Elsewhere nothing tells one boot from the next. */
const bootIdFile = '/proc/sys/kernel/random/boot_id';

const kept = z.object({
  boot: z.string().min(1),
  /** The last recovery: the next power cut may take the broker's record of it. */
  recovered: z.object({ id: z.string().min(1), since: z.number() }).optional(),
});
export type KeptBoot = z.infer<typeof kept>;

/** Beside the store, so that it is kept, moved and deleted together with it. */
const pathIn = (dataFolder: string): string => join(dataFolder, 'nats', 'boot.json');

/** The boot of this machine; `undefined` where the system does not name it. */
export function bootNow(): string | undefined {
  try {
    return readFileSync(bootIdFile, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The boot under which the store was written last; `undefined` where nobody noted it. */
export function bootKept(dataFolder: string): KeptBoot | undefined {
  try {
    return kept.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/** From now on the store is of this boot. On disk when it returns: the next power cut does not take it. */
export function keepBoot(dataFolder: string, boot: KeptBoot): void {
  const path = pathIn(dataFolder);
  synced(`${path}.next`, 'w', (file) => writeSync(file, `${JSON.stringify(boot)}\n`));
  renameSync(`${path}.next`, path);
  synced(dirname(path), 'r');
}

function synced(path: string, how: 'r' | 'w', write: (file: number) => void = () => {}): void {
  const file = openSync(path, how, 0o600);
  try {
    write(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
