import { setTimeout as wait } from 'node:timers/promises';

const FIRST_MS = 25;
const MOST_MS = 400;

/**
 * The pause before a request is sent again, in milliseconds: doubling from 25 to 400, each between half and
 * whole, so that instances which lost the same broker do not come back at once.
 */
export const pauseMs = (tries: number): number =>
  Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 10)) * (0.5 + Math.random() / 2);

export const sleep = async (ms: number): Promise<void> => await wait(ms);
