/** What piles up unused is at most this share of a second's calls, and at least one. */
const PILE = 0.25;

/** The calls of one second. Times are in milliseconds since the word. */
export interface Pace {
  isOpen(age: number): boolean;
  /** In how many milliseconds the call after `ahead` others may go; beyond this second, at the same pace. */
  nextMs(age: number, ahead: number): number;
  take(age: number): void;
  /** Gives back the last one taken. */
  giveBack(): void;
}

/**
 * Call j goes at (j + phase) / calls of a second, so that there is no burst where one second meets the next,
 * and instances with different phases take turns. Calls that nobody makes are gone, but for a quarter second.
 * `atOnce`: all may go from the start.
 */
export function createPace(calls: number, phase = 0, atOnce = false): Pace {
  const most = atOnce ? calls : Math.max(1, Math.floor(calls * PILE));
  let used = 0;
  const released = (age: number): number =>
    atOnce ? calls : Math.min(calls, Math.max(0, Math.floor((age * calls) / 1_000 - phase + 1e-9) + 1));
  const spent = (age: number): number => Math.max(used, released(age) - most);
  return {
    isOpen: (age) => spent(age) < released(age),
    nextMs: (age, ahead) => Math.max(1, ((spent(age) + ahead + phase) * 1_000) / Math.max(1, calls) - age),
    take(age) {
      used = spent(age) + 1;
    },
    giveBack() {
      if (used > 0) used--;
    },
  };
}
