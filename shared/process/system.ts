import type { Clock } from '@refrain/event-log';

/** The machine's own time. A sleep that is aborted ends; it does not fail. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
    });
  },
};

/** The machine's own chance, in [0, 1). */
export const systemChance = (): number => Math.random();
