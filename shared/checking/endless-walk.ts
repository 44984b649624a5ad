import type { Counterexample, StoryStep } from './finding.ts';
import type { System, Transition } from './system.ts';
import type { Scenario } from './world.ts';

/** Over so many steps a story has no end: what goes wrong in it is bounded, and nothing else repeats. */
export const STEPS_MAX = 1_000;

/** So many different walks through each story are tried. */
const WALKS = 8;

/** How many steps of an endless walk are told, and by how many of its last ones its circle is known. */
const TOLD = 12;
const CIRCLE = 100;

export const NO_CIRCLE = {
  invariant: 'no cycle without a bound',
  expected: 'every flow comes to an end: no reaction leads back, again and again, to where it began',
} as const;

/**
 * Walks through a story without faults. What may come or not is bounded too, so that a walk that goes on and
 * on is a cycle of reactions: be it that a state comes again, or that something is counted up for ever.
 */
export async function endlessWalk(system: System, scenario: Scenario): Promise<Counterexample | undefined> {
  for (let walk = 0; walk < WALKS; walk++) {
    const steps: StoryStep[] = [];
    let state = system.begin(scenario);
    while (steps.length < STEPS_MAX) {
      if (system.hasUnasked) await system.askCalls();
      const coming = system.transitions(state).filter(({ problem }) => !problem);
      if (coming.length === 0) break;
      const taken = coming[(walk + steps.length * walk) % coming.length] as Transition;
      steps.push({ step: taken.label, records: taken.records });
      state = taken.next;
    }
    if (steps.length < STEPS_MAX) continue;
    const circle = [...new Set(steps.slice(-CIRCLE).map(({ step }) => step))];
    const found = `after ${STEPS_MAX} steps it still goes on: ${circle.join('; ')}`;
    return { ...NO_CIRCLE, given: scenario.name, steps: steps.slice(0, TOLD), found };
  }
  return undefined;
}
