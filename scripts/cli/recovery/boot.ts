import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Linux draws it at each boot. Elsewhere nothing tells one boot from the next. */
const bootIdFile = '/proc/sys/kernel/random/boot_id';

const kept = z.object({ boot: z.string().min(1) });

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
export function bootKept(dataFolder: string): string | undefined {
  try {
    return kept.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8'))).boot;
  } catch {
    return undefined;
  }
}

/** From now on the store is of this boot. */
export function keepBoot(dataFolder: string, boot: string): void {
  const path = pathIn(dataFolder);
  writeFileSync(`${path}.next`, `${JSON.stringify({ boot })}\n`, { mode: 0o600 });
  renameSync(`${path}.next`, path);
}
