import { parentPort } from 'node:worker_threads';
import { answer, type Asked } from './seed-run.ts';

/** One thread of the pool: answers one question after the other. */
parentPort?.on('message', (asked: Asked) => {
  void answer(asked).then(
    (answered) => parentPort?.postMessage({ answered }),
    (error: unknown) => parentPort?.postMessage({ failed: String((error as Error).stack ?? error) }),
  );
});
