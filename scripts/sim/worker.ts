import { parentPort } from 'node:worker_threads';
import type { Told } from './pool.ts';
import { answer, type Asked } from './seed-run.ts';

/** One thread of the pool: answers one question after the other. */
const say = (told: Told): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(told);
};

parentPort?.on('message', (asked: Asked) => {
  void answer(asked).then(
    (answered) => say({ answered }),
    (error: unknown) => say({ failed: String((error as Error).stack ?? error) }),
  );
});
