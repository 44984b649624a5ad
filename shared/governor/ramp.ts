import type { Policy } from './policy.ts';

/** Above `known` times what a dependency gave while it was well, a rate grows by `factor` a second. */
const BEYOND = { known: 1.25, factor: 1.02 } as const;

const sumOf = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0);

/**
 * Calls of the next second after an outage: `factor` times the answers of the last one, at least one more
 * than them, so 1, 2, 3, 5, 9 …; beyond what the dependency gave while it was well, slowly.
 *
 * Reports lag behind: of the last second's calls only a part is told. Where all that was granted before them
 * was answered and nothing failed, they count as answered too; the ramp would take twice as long otherwise.
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
  failed: number,
  { ramp }: Policy,
): number {
  const [told = 0] = answered;
  if (failed > 0) return Math.max(ramp.floor, told);
  const [last = 0] = granted;
  const missing = sumOf(granted) - sumOf(answered);
  const base = told > 0 && missing <= last * 1.1 ? Math.max(told, last) : told;
  if (base === 0) return ramp.floor;
  const next = Math.max(base + 1, Math.floor(base * ramp.factor));
  if (best <= 0) return next;
  return Math.min(next, Math.max(best * BEYOND.known, base * BEYOND.factor, 3));
}
