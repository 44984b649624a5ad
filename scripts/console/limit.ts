import { busy } from './problems.ts';

/** Lets so many at once do what reads whole logs. @throws Problem 503 for one more. */
export function limitTo(max: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  return async (work) => {
    if (running >= max) throw busy(`${max} requests that read whole logs are under way already`);
    running++;
    try {
      return await work();
    } finally {
      running--;
    }
  };
}
