export interface Chance {
  /** A whole number from 0 to `bound - 1`. */
  readonly below: (bound: number) => number;
  /** A key, as often as its weight says. */
  readonly weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K;
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

/** Chance that can be had again: the same seed, the same draws (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    weighted: <K extends string>(weights: Readonly<Record<K, number>>): K => {
      const entries = Object.entries(weights) as [K, number][];
      let left = below(entries.reduce((sum, [, weight]) => sum + weight, 0));
      const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0];
      return (found as [K, number])[0];
    },
    shuffled: (items) => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const kept = result[i] as (typeof result)[number];
        result[i] = result[j] as (typeof result)[number];
        result[j] = kept;
      }
      return result;
    },
  };
}
