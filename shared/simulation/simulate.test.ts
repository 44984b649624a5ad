import { describe, expect, it } from 'vitest';
import { LOST_TAIL } from './broker-faults.ts';
import { drawPlan, type Entry, type Plan } from './plan.ts';
import { faultKinds, type Outcome, simulate } from './simulate.ts';
import { toyScenario } from './toy-scenario.fixture.ts';

const scenario = toyScenario();
const drawn = faultKinds(scenario).filter(({ draw, optIn }) => draw && !optIn);
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
      expect(outcome.invariants).toEqual({ 'a thing is done once': 8 });
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
      atMs: 1_500,
      kind: 'deploy of a newer version',
      args: { service, type, first: 'writer', stepMs: 1_500 },
    });
    for (const entry of [deploy('Placed', 'source'), deploy('Asked', 'worker')]) {
      const { took, findings } = await run(entry);
      expect(took).toEqual({ 'deploy of a newer version': 1 });
      expect(findings).toEqual([]);
    }
  });

  it('loses acknowledged commits only where it is asked to, and each stream at its own place', {
    timeout: 60_000,
  }, async () => {
    expect(drawn.map(({ kind }) => kind)).not.toContain(LOST_TAIL);
    const { took } = await run({ atMs: 3_000, kind: LOST_TAIL, args: { source: 2, worker: 3 } });
    expect(took).toEqual({ [LOST_TAIL]: 5 });
  });

  it('refuses a fault that there is not', async () => {
    await expect(run({ atMs: 1, kind: 'rain', args: {} })).rejects.toThrow('there is no fault "rain"');
  });
});
