import { setTimeout as after } from 'node:timers/promises';
import type { Clock } from '@refrain/event-log';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    // An aborted sleep ends, it does not fail; a pending sleep does not keep a process alive by itself.
    await after(ms, undefined, { ...(signal && { signal }), ref: true }).catch(() => {});
  },
};

export const systemChance = (): number => Math.random();
