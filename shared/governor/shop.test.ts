import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetExcess, rampBreaches, reached, turnsOf } from './measures.fixture.ts';
import { type DependencyNow, type Model, runModel } from './model.fixture.ts';
import type { LoadSignals } from './report.ts';

const shop: Model = { seed: 1, seconds: 60, instances: 3, offered: () => 40, delayMs: 30 };
const outage =
  (from: number, to: number, failing = 1): Model['dependency'] =>
  (at) =>
    at >= from && at < to ? { failing, as: 'outage' } : {};
const saidOf = (run: ReturnType<typeof runModel>): string[] => turnsOf(run).map(({ said }) => said);

describe('the retry budget', () => {
  it('holds in any ten seconds, whatever fails, is lost, dies or joins', () => {
    const seconds = 45;
    const span = fc.tuple(fc.nat(seconds * 1_000), fc.integer({ min: 500, max: 20_000 }));
    const fault: fc.Arbitrary<DependencyNow> = fc.record({
      failing: fc.constantFrom(0, 0.15, 0.5, 0.9, 1),
      as: fc.constantFrom('transient', 'outage', 'throttled'),
      latencyMs: fc.constantFrom(20, 300, 2_000),
    });
    const model = fc.record({
      seed: fc.nat(),
      instances: fc.constantFrom(1, 2, 3, 5, 6, 12),
      offered: fc.tuple(fc.constantFrom(0.5, 5, 40), fc.constantFrom(0, 2, 60)),
      faults: fc.array(fc.tuple(span, fault), { maxLength: 3 }),
      loss: fc.constantFrom(0, 0.1, 0.4),
      delayMs: fc.constantFrom(10, 400, 1_500),
      governors: fc.constantFrom<readonly (readonly [number, number])[]>(
        [[0, Infinity]],
        [
          [0, 15_000],
          [30_000, Infinity],
        ],
        [
          [0, 25_000],
          [15_000, Infinity],
        ],
        [
          [0, 8_000],
          [10_000, 20_000],
          [20_500, Infinity],
        ],
      ),
      forgetful: fc.boolean(),
      restarts: fc.array(fc.tuple(fc.nat(11), span), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(model, ({ offered, faults, restarts, ...rest }) => {
        const within = ([from, ms]: readonly [number, number], at: number) => at >= from && at < from + ms;
        const run = runModel({
          ...rest,
          seconds,
          offered: (at) => offered[at < 20_000 ? 0 : 1],
          dependency: (at) => faults.find(([when]) => within(when, at))?.[1] ?? {},
          alive: (instance, at) => !restarts.some(([which, when]) => which === instance && within(when, at)),
        });
        expect(budgetExcess(run)).toBeLessThanOrEqual(1e-6);
      }),
      { seed: 4, numRuns: 40 },
    );
  }, 30_000);

  it('lets a fifth of first attempts be retried while a tenth of calls fails', () => {
    const { calls, waiting } = runModel({ ...shop, dependency: () => ({ failing: 0.1 }) });
    expect(calls.filter(({ kind }) => kind === 'retry').length / calls.length).toBeGreaterThan(0.08);
    expect(waiting).toBeLessThan(40);
  });
});

describe('an outage', () => {
  it.each([
    [3, 25],
    [3, 40],
    [12, 40],
  ])(
    'of a minute is over within 10 s of healing, with %i instances at %i calls a second',
    (instances, rate) => {
      for (const seed of [1, 2, 3]) {
        const healed = 80_000 + seed * 330;
        const dependency = outage(20_000, healed);
        const run = runModel({ ...shop, seed, seconds: 105, instances, offered: () => rate, dependency });
        expect(reached(run.calls, healed, rate * 0.95)).toBeLessThanOrEqual(10_000);
        expect(saidOf(run)).toEqual(expect.arrayContaining(['open', 'held', 'ramp']));
        expect(saidOf(run).slice(0, 3)).toEqual(['open', 'held', 'ramp']);
        expect(run.calls.filter(({ at }) => at > 24_000 && at < healed).length).toBeLessThan(60);
        expect(budgetExcess(run)).toBeLessThanOrEqual(0);
      }
    },
  );

  it('ends in a ramp of at most twice the answers of the second before, but for what instances round', () => {
    for (const seed of [1, 2, 3, 4]) {
      const healed = 50_000 + seed * 97;
      const { calls } = runModel({ ...shop, seed, dependency: outage(20_000, healed) });
      const excess = rampBreaches(calls, healed, 60_000).map((one) => one.calls - 2 * one.good);
      expect(Math.max(0, ...excess)).toBeLessThanOrEqual(4);
    }
  });

  it('is noticed at one call a second, and free again when nobody calls', () => {
    const slow = runModel({ ...shop, seconds: 40, offered: () => 1, dependency: outage(10_000, 99_000) });
    expect(turnsOf(slow).find(({ said }) => said === 'held')?.at).toBeLessThan(25_000);
    const offered = (at: number) => (at < 25_000 ? 40 : 0);
    const alive = (_: number, at: number) => at < 25_000 || at > 26_000;
    const quiet = runModel({ ...shop, seconds: 80, offered, alive, dependency: outage(20_000, 25_500) });
    expect(saidOf(quiet).at(-1)).toBe('open');
  });

  it('that comes back in the ramp is held again', () => {
    const dependency: Model['dependency'] = (at) =>
      (at > 20_000 && at < 40_000) || (at > 47_000 && at < 52_000) ? { failing: 1 } : {};
    const run = runModel({ ...shop, seconds: 90, dependency });
    expect(saidOf(run).slice(0, 5)).toEqual(['open', 'held', 'ramp', 'held', 'ramp']);
    expect(run.calls.filter(({ outcome, at }) => outcome !== 'success' && at > 49_000).length).toBeLessThan(
      20,
    );
  });
});

describe('what is no outage', () => {
  it('a burst of 5,000 on a capacity of 50 a second is throttled once and served', () => {
    const offered = (at: number) => (at >= 5_000 && at < 6_000 ? 5_000 : 2);
    const run = runModel({
      ...shop,
      instances: 6,
      seconds: 150,
      offered,
      dependency: () => ({ capacity: 50 }),
    });
    // What failed in the first moment is repeated when the burst is through.
    expect(saidOf(run)).toEqual(['open', 'throttled', 'ramp', 'open']);
    expect(run.calls.filter(({ kind, at }) => kind === 'first' && at < 110_000).length).toBeGreaterThan(
      5_100,
    );
    expect(run.waiting).toBeLessThan(20);
    expect(run.calls.filter(({ outcome }) => outcome !== 'success').length).toBeLessThan(1_000);
    expect(budgetExcess(run)).toBeLessThanOrEqual(0);
  });

  it('faults that grow are warned of before calls are slowed', () => {
    const dependency = (at: number) => ({ failing: Math.min(0.4, (at / 60_000) * 0.4) });
    const run = runModel({ ...shop, seconds: 90, dependency });
    const warned = run.words.find(({ word }) => word.warning)?.at ?? Infinity;
    const slowed = run.words.find(({ word }) => word.kind === 'throttled')?.at ?? 0;
    expect(warned).toBeLessThan(slowed - 5_000);
    expect(saidOf(run)).toEqual(['open', 'throttled']);
    expect(budgetExcess(run)).toBeLessThanOrEqual(0);
  });

  it.each([0.05, 0.15, 0.4, 0.5])(
    'a steady share of failures, %f, changes the word once at most',
    (failing) => {
      const run = runModel({ ...shop, seconds: 120, dependency: () => ({ failing }) });
      expect(turnsOf(run).filter(({ at }) => at > 30_000)).toHaveLength(0);
      expect(run.calls.filter(({ at }) => at > 60_000).length / 60).toBeGreaterThan(18);
    },
  );

  it.each<[keyof LoadSignals, number]>([
    ['consumerLag', 30_000],
    ['handlingMs', 9_000],
    ['scheduleLateMs', 20_000],
    ['clockOffsetMs', -4_000],
    ['oldestOverdueMs', 900_000],
  ])('%s alone warns, slows without starving, and lets go', (signal, high) => {
    const load = (at: number) => ({
      [signal]: at < 20_000 || at > 60_000 ? 0 : high * Math.min(1, (at - 20_000) / 20_000),
    });
    const run = runModel({ ...shop, seconds: 90, load });
    expect(saidOf(run)).toEqual(['open', 'throttled', 'open']);
    const warned = run.words.find(({ word }) => word.warning)?.at ?? Infinity;
    expect(warned).toBeLessThan(turnsOf(run)[1]?.at ?? 0);
    expect(turnsOf(run)[2]?.at).toBeLessThan(70_000);
    expect(run.calls.filter(({ at }) => at > 40_000 && at < 60_000).length / 20).toBeGreaterThan(34);
  });
});

describe('a governor that dies', () => {
  it('in an outage leaves the instances to one call a second, and the next one goes on from there', () => {
    const governors = [
      [0, 30_000],
      [48_000, Infinity],
    ] as const;
    const run = runModel({
      ...shop,
      instances: 12,
      seconds: 95,
      governors,
      dependency: outage(20_000, 65_000),
    });
    const alone = run.calls.filter(({ at }) => at > 33_000 && at < 48_000);
    expect(alone.length).toBeLessThanOrEqual(17);
    expect(reached(run.calls, 65_000, 38)).toBeLessThanOrEqual(10_000);
    expect(budgetExcess(run)).toBeLessThanOrEqual(0);
  });

  it('while all is well holds up no first attempt', () => {
    const governors = [
      [0, 20_000],
      [40_000, Infinity],
    ] as const;
    const run = runModel({ ...shop, governors, loss: 0.1 });
    expect(run.calls).toHaveLength(run.arrived);
    expect(saidOf(run)).toEqual(['open']);
  });
});
