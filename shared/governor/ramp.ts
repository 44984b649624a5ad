import type { Policy } from './policy.ts';

/** Above `known` times what a dependency gave while it was well, a rate grows by `factor` a second. */
const BEYOND = { known: 1.25, factor: 1.02 } as const;

/** Answers per second that are hoped for where nothing is known. */
export const HOPED_UNKNOWN = 64;

const sumOf = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0);

/**
 * Calls of the next second after an outage: `factor` times the answers of the last one, at least one more
 * than them, so 1, 2, 3, 5, 8 …; beyond what the dependency gave while it was well, slowly.
 *
 * Reports lag behind: of the last second's calls only a part is told. Where all that was granted before them
 * was answered, they count as answered too; the ramp would take twice as long otherwise. Where a report is
 * missing the rate stands still, where two are it falls to what was told.
 */
export function nextRampRate(
  {
    granted,
    answered,
    best,
  }: {
    /** Of the last three decisions, newest first. */
    readonly granted: readonly number[];
    readonly answered: readonly number[];
    readonly best: number;
  },
  /** Of the last second. */
  failed: number,
  { ramp, failures }: Policy,
): number {
  const [told = 0] = answered;
  const [last = 0, older = 0] = granted;
  const failing = failed > 0 ? failed / (failed + told) : 0;
  const missing = sumOf(granted) * (1 - failing) - sumOf(answered);
  const late = missing > last * 1.1;
  if (failing >= failures.throttle || sumOf(answered) === 0 || (late && missing > (last + older) * 1.1))
    return Math.max(ramp.floor, Math.min(told, last));
  if (late) return Math.max(ramp.floor, last);
  const base = last * (1 - failing);
  const next = Math.max(Math.floor(base) + 1, Math.floor(base * ramp.factor));
  return Math.min(next, Math.max((best || HOPED_UNKNOWN) * BEYOND.known, base * BEYOND.factor, 3));
}
