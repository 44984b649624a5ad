import { describe, expect, it } from 'vitest';
import { drawPlan } from './plan.ts';
import { LOST_TAIL } from './power-cut.ts';
import { shrink } from './shrink.ts';
import { faultKinds, simulate } from './simulate.ts';
import { storyText, tellStory } from './story.ts';
import { toyScenario } from './toy-scenario.fixture.ts';

const bad = toyScenario('forgets its keys');
/** The power of everybody takes more to tell than the bug needs. */
const kinds = faultKinds(bad).filter(({ draw, kind }) => draw && kind !== LOST_TAIL);
const size = { load: 10, faults: { min: 12, max: 12 }, withinMs: 6_000 };

async function firstFailing() {
  for (let seed = 1; seed <= 50; seed++) {
    const plan = drawPlan(bad, kinds, seed, size);
    const outcome = await simulate(bad, plan);
    if (outcome.findings.length > 0) return { plan, outcome };
  }
  throw new Error('no seed found the planted bug');
}

describe('a failing seed', () => {
  it('is made as short as it gets, and told so that a person sees the bug', { timeout: 60_000 }, async () => {
    const { plan, outcome } = await firstFailing();
    const shrunk = await shrink(bad, plan, outcome);
    expect(shrunk.plan.faults.length).toBeLessThanOrEqual(2);
    expect(shrunk.plan.load.length).toBeLessThanOrEqual(2);
    expect(shrunk.outcome.findings).toMatchObject([{ invariant: 'a thing is done once' }]);
    // Less breaks nothing.
    expect((await simulate(bad, { ...shrunk.plan, faults: [] })).findings).toEqual([]);

    const text = storyText(await tellStory(bad, shrunk.plan), new Map());
    const id = shrunk.outcome.findings[0]?.where ?? '';
    expect(text.filter((line) => line.includes(`does ${id}`)).length).toBeGreaterThanOrEqual(2);
    expect(text.join('\n')).toContain(`worker  thing/${id}: Asked`);
    expect(text.at(-1)).toMatch(new RegExp(`^BROKEN  a thing is done once: ${id}: \\d times$`));
    expect(text.filter((line) => line.includes('fault'))).not.toEqual([]);
  });

  it('is given up shrinking after as many runs as there may be, with the best so far', async () => {
    const { plan, outcome } = await firstFailing();
    const { runs, plan: best, outcome: found } = await shrink(bad, plan, outcome, { runsMax: 3 });
    expect(runs).toBe(3);
    expect(best.faults.length).toBeLessThanOrEqual(plan.faults.length);
    expect(found.findings).not.toEqual([]);
  });
});
