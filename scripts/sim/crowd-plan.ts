import { drawPlan, Dice, type FaultKind, type Plan, usualSize } from '@refrain/simulation';
import { shop } from './shop-scenario.ts';

/** Every so many seeds there is a crowd. */
const EVERY = 25;

/** So many times the usual orders. */
const CROWD = 3;

/** What troubles those who call. */
const PROVIDER = ['provider fails before its effect', 'provider throttles', 'provider is slow'];
/** And who bounds them. One that begins while nobody governs knows no word, and repeats nothing. */
const GOVERNED = ['crash', 'orderly restart', 'pause', 'two governors', 'lost words and reports'];

export const isCrowd = (seed: number): boolean => seed % EVERY === 0;

/**
 * Many orders at a provider that fails, so that operations park and press: while nobody governs, or while a
 * person has pinned that calls go on. What all instances call together is what matters here.
 */
export function crowdPlan(seed: number, kinds: readonly FaultKind[], orders: number): Plan {
  const size = { ...usualSize, load: orders * CROWD };
  const named = isAlone(seed) ? PROVIDER : [...PROVIDER, ...GOVERNED];
  const known = kinds.filter(({ kind }) => named.includes(kind));
  const plan = drawPlan(shop, known, seed, size);
  const dice = new Dice(seed, 4);
  const fromMs = dice.integer(2_000, 3_000);
  const forMs = dice.integer(25_000, 40_000);
  const fails = { kind: 'provider fails before its effect', args: { share: dice.share(0.85, 1), forMs } };
  // Before that all is well: the last word that instances hear lets them call.
  const faults = plan.faults.map((one) => ({ ...one, atMs: Math.max(one.atMs, fromMs + 600) }));
  const gone = { atMs: fromMs, kind: 'governors gone', args: { forMs } };
  const pins = {
    atMs: fromMs,
    kind: 'a person pins',
    args: { word: 'open', forS: Math.round(forMs / 1_000), by: 'ada' },
  };
  const all = [...(isAlone(seed) ? [gone] : []), { ...fails, atMs: fromMs + 500 }, ...faults];
  return {
    ...plan,
    faults: all.sort((a, b) => a.atMs - b.atMs),
    people: [...(isAlone(seed) ? [] : [pins]), ...(plan.people ?? [])],
  };
}

/** Every second crowd is without governors. */
const isAlone = (seed: number): boolean => (seed / EVERY) % 2 === 0;
