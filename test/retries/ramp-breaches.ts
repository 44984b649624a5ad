import type { CountedCall, Span } from '../../scripts/audit/mod.ts';

export interface RampBreach {
  readonly fromMs: number;
  readonly calls: number;
  readonly before: number;
}

/**
 * Seconds of a ramp in which more was called than twice what succeeded in the second before (and more than
 * one): each second that begins with a call, so at any alignment.
 */
export const rampBreaches = (calls: readonly CountedCall[], ramps: readonly Span[]): RampBreach[] =>
  breachesIn(
    calls,
    calls.map(({ atMs }) => atMs).filter((fromMs) => ramps.some((ramp) => holds(ramp, fromMs))),
  );

/** The same for the seconds that are counted from the beginning of each ramp. */
export const rampSecondBreaches = (calls: readonly CountedCall[], ramps: readonly Span[]): RampBreach[] =>
  breachesIn(
    calls,
    ramps.flatMap((ramp) => {
      const seconds = Math.max(0, Math.ceil((ramp.toMs - ramp.fromMs) / 1_000));
      return Array.from({ length: seconds }, (_, i) => ramp.fromMs + i * 1_000).filter((fromMs) =>
        holds(ramp, fromMs),
      );
    }),
  );

const holds = (ramp: Span, fromMs: number): boolean => fromMs >= ramp.fromMs && fromMs + 1_000 <= ramp.toMs;

function breachesIn(calls: readonly CountedCall[], seconds: readonly number[]): RampBreach[] {
  const between = (fromMs: number, toMs: number): readonly CountedCall[] =>
    calls.slice(firstFrom(calls, fromMs), firstFrom(calls, toMs));
  return seconds.flatMap((fromMs) => {
    const inSecond = between(fromMs, fromMs + 1_000).length;
    const before = between(fromMs - 1_000, fromMs).filter(({ succeeded }) => succeeded).length;
    return inSecond > Math.max(1, 2 * before) ? [{ fromMs, calls: inSecond, before }] : [];
  });
}

/** Where in the calls, which are in the order of time, those begin that came at `ms` or later. */
function firstFrom(calls: readonly CountedCall[], ms: number): number {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.atMs ?? ms) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value below which `share` of the values lie; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
