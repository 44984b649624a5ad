/** What piles up unused is at most this share of a second's calls, and at least one. */
const PILE = 0.25;

/** The calls of one second, evenly over it. Times are in milliseconds since the word. */
export interface Pace {
  /** 0: a call may go now; else in how many milliseconds the next one may; `undefined`: none is left. */
  nextMs(age: number): number | undefined;
  take(age: number): void;
  /** Gives back the last one taken. */
  giveBack(): void;
}

/**
 * Call j goes at (j + phase) / calls of a second, so that there is no burst where one second meets the next,
 * and instances with different phases take turns. Calls that nobody makes are gone, but for a quarter second.
 */
export function createPace(calls: number, phase = 0): Pace {
  const pile = Math.max(1, Math.floor(calls * PILE));
  let used = 0;
  const released = (age: number): number =>
    Math.min(calls, Math.max(0, Math.floor((age * calls) / 1_000 - phase + 1e-9) + 1));
  const spent = (age: number): number => Math.max(used, released(age) - pile);
  return {
    nextMs(age) {
      const next = spent(age);
      if (next < released(age)) return 0;
      return next >= calls ? undefined : Math.max(1, ((next + phase) * 1_000) / calls - age);
    },
    take(age) {
      used = spent(age) + 1;
    },
    giveBack() {
      if (used > 0) used--;
    },
  };
}
