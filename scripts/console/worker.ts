import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@refrain/errors';
import type { Told } from './in-worker.ts';
import { doReading, type ReadingWork } from './reading-work.ts';

/** A thread of its own for what computes long: the console goes on answering. */
const { dataFolder, work } = workerData as { dataFolder: string; work: ReadingWork };

const say = (told: Told): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(told);
};

/** How often progress is told, in milliseconds. */
const TELL_MS = 200;
let toldAt = -Infinity;

try {
  const result = await doReading(dataFolder, work, (progress, share) => {
    const now = performance.now();
    if (now - toldAt < TELL_MS) return;
    toldAt = now;
    say({ progress, share });
  });
  say({ result });
} catch (error) {
  say({ problem: messageOf(error) });
}
