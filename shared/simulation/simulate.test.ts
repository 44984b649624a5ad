import { describe, expect, it } from 'vitest';
import { drawPlan, type Entry, type Plan } from './plan.ts';
import { LOST_TAIL } from './power-cut.ts';
import type { Run } from './run.ts';
import type { Scenario } from './scenario.ts';
import { faultKinds, type Outcome, simulate } from './simulate.ts';
import { toyScenario } from './toy-scenario.fixture.ts';

const scenario = toyScenario();
const drawn = faultKinds(scenario).filter(({ draw }) => draw);
const size = { load: 8, faults: { min: 10, max: 14 }, withinMs: 6_000 };
const planOf = (seed: number): Plan => drawPlan(scenario, drawn, seed, size);
const things = planOf(1).load;
const run = (...faults: Entry[]): Promise<Outcome> => simulate(scenario, { seed: 1, faults, load: things });

describe('a simulated run', () => {
  it('is the same for the same plan, byte for byte, and another one for another seed', async () => {
    const [one, two, other] = [
      await simulate(scenario, planOf(5)),
      await simulate(scenario, planOf(5)),
      await simulate(scenario, planOf(6)),
    ];
    expect(two).toEqual(one);
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it('finds nothing wrong with services that keep their promises, and meets every kind of fault', {
    timeout: 60_000,
  }, async () => {
    const took = new Set<string>();
    for (let seed = 1; seed <= 25; seed++) {
      const outcome = await simulate(scenario, planOf(seed));
      expect(outcome.findings, `seed ${seed}`).toEqual([]);
      // What the power took may have been asked for and never done.
      const looked = outcome.invariants['a thing is done once'] ?? 0;
      const fewest = outcome.took[LOST_TAIL] ? 0 : 8;
      expect(looked >= fewest && looked <= 8, `seed ${seed}: ${looked}`).toBe(true);
      for (const kind of Object.keys(outcome.took)) took.add(kind);
    }
    // Nothing here has to wait for an alarm: there is none to lose.
    const possible = drawn.map(({ kind }) => kind).filter((kind) => kind !== 'schedules purged');
    expect([...took].sort()).toEqual(possible.sort());
  });

  it('finds a world that forgets its keys, where a process dies before it has heard the answer', async () => {
    const bad = toyScenario('forgets its keys');
    const crash = {
      atMs: 0,
      kind: 'crash at a point',
      args: { label: 'worker: after world.call', nth: 1, backMs: 50 },
    };
    const found = await simulate(bad, { seed: 1, faults: [crash], load: things });
    expect(found.findings).toMatchObject([{ invariant: 'a thing is done once', found: '2 times' }]);
    expect((await simulate(bad, { seed: 1, faults: [], load: things })).findings).toEqual([]);
    expect((await simulate(scenario, { seed: 1, faults: [crash], load: things })).findings).toEqual([]);
  });

  it('counts a crash only where there was somebody to die', async () => {
    const crash = (atMs: number): Entry => ({
      atMs,
      kind: 'crash',
      args: { process: 'worker-1', backMs: 500 },
    });
    expect((await run(crash(1_000), crash(1_200))).took).toEqual({ crash: 1 });
    expect((await run(crash(1_000), crash(1_600))).took).toEqual({ crash: 2 });
  });

  it('runs an old build beside a newer one, whose events it does not know', async () => {
    const deploy = (type: string, service: string): Entry => ({
      atMs: 2_000,
      kind: 'deploy of a newer version',
      args: { service, type, first: 'writer', stepMs: 1_500 },
    });
    for (const entry of [deploy('Placed', 'source'), deploy('Asked', 'worker')]) {
      const { took, findings } = await run(entry);
      expect(took).toEqual({ 'deploy of a newer version': 1 });
      expect(findings).toEqual([]);
    }
  });

  describe('where the power goes', () => {
    const args = { source: 0, worker: 2_000, notes: 0, words: 0, alarms: 'lost', downMs: 5_000 };
    const cut = { atMs: 3_000, kind: LOST_TAIL, args };

    it('loses of each stream what was stored since a time of its own, and is recovered from', async () => {
      const [all, some] = [
        await run({ ...cut, args: { ...args, source: 9_000, worker: 9_000 } }),
        await run(cut),
      ];
      expect(some.took[LOST_TAIL]).toBeGreaterThan(0);
      expect(all.took[LOST_TAIL]).toBeGreaterThan(some.took[LOST_TAIL] ?? 0);
      expect(some.findings).toEqual([]);
    });

    it('nobody begins before it has been recovered from, also who was on its way back', async () => {
      const told: string[] = [];
      const recover: Scenario['recover'] = async ({ world }, id) => {
        told.push(id);
        await world.clock.sleep(20_000);
        told.push('recovered');
      };
      const begun: number[] = [];
      let seen: Run | undefined;
      const crash = { atMs: 2_900, kind: 'crash', args: { process: 'worker-1', backMs: 1_000 } };
      await simulate(
        { ...scenario, recover },
        { seed: 1, faults: [crash, cut], load: things },
        {
          prepare: (prepared) => (seen = prepared),
          onPoint: () => begun.push((seen as Run).world.clock.now()),
        },
      );
      expect(told).toEqual(['boot-1', 'recovered']);
      const from = begun[0] as number;
      expect(begun.filter((at) => at > from + 3_000 && at < from + 28_000)).toEqual([]);
      expect(begun.some((at) => at >= from + 28_000)).toBe(true);
    });

    it('does not go where nobody says how it recovers', () => {
      const { recover: _, ...without } = scenario;
      expect(faultKinds(without).map(({ kind }) => kind)).not.toContain(LOST_TAIL);
    });
  });

  it('refuses a fault that there is not', async () => {
    await expect(run({ atMs: 1, kind: 'rain', args: {} })).rejects.toThrow('there is no fault "rain"');
  });
});
