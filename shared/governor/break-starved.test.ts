import { expect, it } from 'vitest';
import { runModel } from './model.fixture.ts';

/** Calls a second in the end, when a provider asked for less at first, and then fails some of its calls. */
function rateAfter(failing: number, seed: number): number {
  const { calls } = runModel({
    seed,
    seconds: 220,
    instances: 3,
    offered: () => 15,
    dependency: (at) => {
      if (at < 10_000) return {};
      return at < 40_000 ? { failing: 0.3, as: 'throttled' } : { failing, as: 'transient' };
    },
  });
  return calls.filter(({ at }) => at > 200_000).length / 20;
}

it.each([0.28, 0.35, 0.4])(
  'failures that fewer calls do not lessen, %f of them, starve nobody after a provider had asked for less',
  (failing) => {
    for (const seed of [1, 2, 3]) expect(rateAfter(failing, seed), `seed ${seed}`).toBeGreaterThan(10);
  },
);
