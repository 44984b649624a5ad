import type { Call, Run } from './model.fixture.ts';
import type { Word } from './word.ts';

/** So long after its word, in milliseconds, somebody may still spend what a ramp gave; with the way there. */
const RAMP_TAIL_MS = 3_500;

/** From each word of a ramp until nothing of it is left. */
const rampsOf = ({ words }: Pick<Run, 'words'>): { from: number; to: number }[] =>
  words.filter(({ word }) => word.ramp).map(({ at }) => ({ from: at, to: at + RAMP_TAIL_MS }));

/** How far retries of any ten seconds outside of ramps are over the budget at worst; 0 or less: never. */
export function budgetExcess(
  { calls, words }: Pick<Run, 'calls' | 'words'>,
  { share = 0.2, more = 10 } = {},
): number {
  const ramps = rampsOf({ words });
  const sorted = calls.toSorted((a, b) => a.at - b.at);
  const times = sorted.map(({ at }) => at);
  const retries = [0];
  const firsts = [0];
  for (const { kind } of sorted) {
    retries.push((retries.at(-1) ?? 0) + (kind === 'retry' ? 1 : 0));
    firsts.push((firsts.at(-1) ?? 0) + (kind === 'first' ? 1 : 0));
  }
  const before = (at: number): number => lowerBound(times, at);
  let worst = -Infinity;
  const check = (from: number, to: number): void => {
    if (ramps.some((ramp) => from < ramp.to && to > ramp.from)) return;
    const [a, b] = [before(from), before(to)];
    const over = (retries[b] ?? 0) - (retries[a] ?? 0) - share * ((firsts[b] ?? 0) - (firsts[a] ?? 0)) - more;
    worst = Math.max(worst, over);
  };
  for (const at of times) {
    check(at, at + 10_000);
    check(at + 0.001 - 10_000, at + 0.001);
  }
  return worst;
}

/** Seconds, however aligned, with more calls than one and than twice the answers of the second before. */
export function rampBreaches(calls: readonly Call[], from: number, to: number) {
  const made = calls.map(({ at }) => at).sort((a, b) => a - b);
  const good = calls
    .filter(({ outcome }) => outcome === 'success')
    .map(({ answeredAt }) => answeredAt)
    .sort((a, b) => a - b);
  const inside = (times: readonly number[], a: number, b: number): number =>
    lowerBound(times, b) - lowerBound(times, a);
  const starts = [...made, ...made.map((at) => at - 999.999), ...good.map((at) => at + 1_000.001)];
  return starts
    .filter((at) => at >= from && at + 1_000 <= to)
    .map((at) => ({ at, calls: inside(made, at, at + 1_000), good: inside(good, at - 1_000, at) }))
    .filter((second) => second.calls > Math.max(1, 2 * second.good));
}

function lowerBound(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The words that differ from the one before, a ramp apart from other throttling, holding as one. */
export function turnsOf({ words }: Pick<Run, 'words'>): { at: number; said: string }[] {
  const said = ({ kind, ramp }: Word): string =>
    kind === 'suppressed' || kind === 'probing' ? 'held' : ramp ? 'ramp' : kind;
  return words
    .map(({ at, word }) => ({ at, said: said(word) }))
    .filter((turn, i, all) => turn.said !== all[i - 1]?.said);
}

/** When, counted from `from`, the answers of a second first reach `rate`. */
export function reached(calls: readonly Call[], from: number, rate: number): number {
  const good = calls
    .filter(({ outcome }) => outcome === 'success')
    .map(({ answeredAt }) => answeredAt)
    .sort((a, b) => a - b);
  for (let at = from; at <= (good.at(-1) ?? 0); at += 50)
    if (lowerBound(good, at + 1_000) - lowerBound(good, at) >= rate) return at - from;
  return Infinity;
}
