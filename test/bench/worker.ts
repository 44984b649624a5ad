import { preciseNow } from './load.ts';
import { profiler } from './profiler.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const GATHER_MS = 5;

const say = (message: FromWorker): void => void process.send?.(message);

let done: [string, number][] = [];

/** Tells the driver that an order is done, a few milliseconds' worth at once: the same cost on both sides. */
export function reportDone(id: string): void {
  if (done.length === 0)
    setTimeout(() => {
      say({ done });
      done = [];
    }, GATHER_MS);
  done.push([id, preciseNow()]);
}

/** Tells the driver that work can begin. From now on the process ends with it, and is profiled on demand. */
export function reportReady(): void {
  const profile = profiler();
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ profile: action, file }: ToWorker) => {
    if (action === 'start') void profile.start().then(() => say({ profile: 'started' }));
    else void profile.stop(file).then(() => say({ profile: 'written' }));
  });
  say({ ready: true });
}
