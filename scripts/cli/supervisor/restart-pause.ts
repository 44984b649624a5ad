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
