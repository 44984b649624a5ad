import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Answered, Asked } from './seed-run.ts';

/** What a thread says to a question: the answer, or with what its run failed. */
export interface Told {
  readonly answered?: Answered;
  readonly failed?: string;
}

/** One question, one answer. @throws when the thread ends, or its run threw. */
function ask(worker: Worker, asked: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      worker.off('message', hear);
      worker.off('error', fail);
    };
    const fail = (error: Error): void => {
      leave();
      reject(new Error(`a thread ended in ${JSON.stringify(asked)}: ${error.message}`, { cause: error }));
    };
    const hear = ({ answered, failed }: Told): void => {
      leave();
      if (answered) resolve(answered);
      else reject(new Error(`a run threw: ${JSON.stringify(asked)}: ${failed}`));
    };
    worker.on('message', hear);
    worker.on('error', fail);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    worker.postMessage(asked);
  });
}

/**
 * Puts questions to one thread per core, each as soon as one is free. `next`: the next question, or
 * `undefined` when there are no more. `onAnswer` hears them as they come, in no order.
 */
export async function askAll(
  next: () => Asked | undefined,
  onAnswer: (asked: Asked, answered: Answered) => void,
): Promise<void> {
  const work = async (): Promise<void> => {
    let asked = next();
    if (!asked) return;
    const worker = new Worker(new URL('worker.ts', import.meta.url));
    try {
      for (; asked; asked = next()) onAnswer(asked, await ask(worker, asked));
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}
