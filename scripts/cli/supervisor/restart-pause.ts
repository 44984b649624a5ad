const firstMs = 200;
const mostMs = 5_000;
const settledAfterMs = 10_000;

/**
 * How long to wait before a child is started again: 0.2 s, doubling to 5 s, from the start again after 10
 * s of life.
 */
export function createRestartPause(): { next(livedMs: number): number } {
  let pauseMs = firstMs;
  return {
    next(livedMs) {
      if (livedMs >= settledAfterMs) pauseMs = firstMs;
      const now = pauseMs;
      pauseMs = Math.min(pauseMs * 2, mostMs);
      return now;
    },
  };
}

const lookEveryMs = 50;

/**
 * Calls `start` after the pause. Who holds it meanwhile is waited for instead, and then nothing is left of
 * the pause. Returns what calls it off.
 */
export function startAfter(pauseMs: number, isKeptDown: () => boolean, start: () => void): () => void {
  let dueMs = performance.now() + pauseMs;
  const timer = setInterval(() => {
    if (isKeptDown()) dueMs = 0;
    else if (performance.now() >= dueMs) {
      clearInterval(timer);
      start();
    }
  }, lookEveryMs);
  return () => clearInterval(timer);
}
