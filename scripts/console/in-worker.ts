import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Report } from './errands.ts';
import type { ReadingWork } from './reading-work.ts';

/** Most memory of a worker, in MiB: work that needs more fails, and nothing else does. */
const HEAP_MIB_MAX = 1_024;

/** What a worker says: how far it is, and then either what came of it or why nothing did. */
export interface Told {
  readonly progress?: string;
  readonly share?: number | undefined;
  readonly result?: unknown;
  readonly problem?: string;
}

/** Does work in a thread of its own. @throws what the work threw, or that it was stopped. */
export async function inWorker(
  dataFolder: string,
  work: ReadingWork,
  report: Report,
  signal: AbortSignal,
): Promise<unknown> {
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
    workerData: { dataFolder, work },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
  });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  worker.on('message', ({ progress, share, result, problem }: Told) => {
    if (progress !== undefined) report(progress, share);
    else if (problem !== undefined) reject(new Error(problem));
    else resolve(result);
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`it ended early, with code ${code}`)));
  signal.addEventListener('abort', () => void worker.terminate(), { once: true });
  try {
    return await promise;
  } finally {
    await worker.terminate();
  }
}
