import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { broken, choicesFor, forMany, someStory } from './law-runs.ts';
import type { LawSubject } from './law-subject.ts';
import { isCommand, tell } from './story.ts';

/**
 * A decision follows from the state and the command alone, and leaves the state as it was: made again by
 * another instance, or after a conflict, it is the same one. Only then is a repeat known by its ids.
 */
export function decisionsArePure(subject: LawSubject): void {
  const law = 'a decision follows from state and command alone';
  const { $decider } = subject.decider;
  forMany(fc.tuple(someStory(subject), choicesFor()), ([story, choices]) => {
    for (const { arrival, before } of tell($decider, story, { choices }).scenes) {
      if (!isCommand(arrival)) continue;
      const state: unknown = structuredClone(before); // a copy can be written to, the state itself may not
      const first = JSON.stringify($decider.decide(state, arrival));
      const again = JSON.stringify($decider.decide(structuredClone(before), arrival));
      if (first !== again) throw broken(law, `${arrival.name} records ${first}, and made again ${again}`);
      if (!isDeepStrictEqual(state, before))
        throw broken(law, `${arrival.name} changes the state on which it decides`);
    }
  });
}
