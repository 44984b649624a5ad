import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '@refrain/errors';
import { UsageError } from '../cli/errors.ts';
import { root } from '../cli/paths.ts';
import { claimFile, ownerOf } from '../cli/supervisor/claim.ts';

/**
 * One generator at a time: two would choose one port, and each write package-lock.json without what the other
 * adds.
 * @throws UsageError while another one runs here.
 */
export async function alone<T>(work: () => Promise<T>, folder = join(root, '.cache')): Promise<T> {
  const file = join(folder, 'generating.json');
  // The version of an event is finished by a process of the one that began it, which waits for it.
  const release = ownerOf(file)?.pid === process.ppid ? () => {} : claimed(file);
  // Ctrl-C reaches the processes that this one waits for as well. They end, and it takes back what it wrote.
  const goOn = (): void => {};
  process.on('SIGINT', goOn);
  try {
    return await work();
  } finally {
    process.off('SIGINT', goOn);
    release();
  }
}

function claimed(file: string): () => void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return claimFile(file, isBusy).release;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `refrain new: this checkout cannot be written to: ${messageOf(error)}. Nothing was written.`,
    );
  }
}

const isBusy = (pid: number): string =>
  `refrain new: another one writes to this checkout (pid ${pid}). Nothing was written. Try again when it has ended.`;
