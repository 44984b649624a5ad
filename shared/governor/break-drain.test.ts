import { describe, expect, it } from 'vitest';
import { budgetExcess, rampBreaches, turnsOf } from './measures.fixture.ts';
import { type Model, runModel } from './model.fixture.ts';

const HEALED = 40_000;

/** An outage of 20 s at a few orders a second; whoever has them in hand is killed as the ramp begins. */
const killedInRamp = (seed: number, later: number): Model => ({
  seed,
  seconds: 110,
  instances: 1,
  offered: (at) => (at < 20_000 ? 5 : at < HEALED ? 3 : later),
  dependency: (at) => (at > 20_000 && at < HEALED ? { failing: 1, as: 'outage' } : {}),
  alive: (_, at) => at < HEALED + 1_500 || at > HEALED + 9_000,
});

describe('what waits to be repeated when the word is open', () => {
  it.each([0, 1])('is let go by a ramp, also where %d new calls come in a second', (later) => {
    for (const seed of [1, 2, 3, 4]) {
      const run = runModel(killedInRamp(seed, later));
      const last = Math.max(...run.calls.filter(({ kind }) => kind === 'retry').map(({ at }) => at));
      expect(last, `seed ${seed}`).toBeLessThan(HEALED + 30_000);
      expect(run.waiting).toBeLessThan(5);
      expect(turnsOf(run).at(-1)?.said).toBe('open');
      expect(budgetExcess(run)).toBeLessThanOrEqual(0);
      const ramp = run.words.filter(({ at, word }) => at > HEALED + 9_000 && word.ramp).map(({ at }) => at);
      const [from = 0, to = 0] = [ramp[0], ramp.at(-1)];
      const over = rampBreaches(run.calls, from + 1_000, to).map((one) => one.calls - 2 * one.good);
      expect(Math.max(0, ...over)).toBeLessThanOrEqual(4);
      expect(ramp.length).toBeGreaterThan(2);
    }
  });
});
