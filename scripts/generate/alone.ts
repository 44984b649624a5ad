import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../cli/paths.ts';
import { claimFile, ownerOf } from '../cli/supervisor/claim.ts';

/**
 * One generator at a time: two would choose one port, and each write package-lock.json without what the other
 * adds.
 * @throws UsageError while another one runs here.
 */
export async function alone<T>(work: () => Promise<T>, folder = join(root, '.cache')): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'generating.json');
  // The version of an event is finished by a process of the one that began it, which waits for it.
  if (ownerOf(file)?.pid === process.ppid) return await work();
  const { release } = claimFile(
    file,
    (pid) =>
      `refrain new: another one writes to this checkout (pid ${pid}). Nothing was written. Try again when it has ended.`,
  );
  try {
    return await work();
  } finally {
    release();
  }
}
