import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { broken, choicesFor, forMany, someStory } from './law-runs.ts';
import type { LawSubject } from './law-subject.ts';
import { tell } from './story.ts';

/** Whatever arrives first, second or twice: the entity ends in the same state, or at least holds the same. */
export function anyOrderEndsTheSame(subject: LawSubject): void {
  const { $decider } = subject.decider;
  const outcome = (subject.outcome ?? ((state: unknown) => state)) as (state: unknown) => unknown;
  // A hot entity reads each request once; all others may hear everything twice.
  const repeats = $decider.contract.$contract.entities[$decider.entityType]?.fixedId === undefined;
  forMany(fc.tuple(someStory(subject), choicesFor()), ([story, choices]) => {
    const usual = outcome(tell($decider, story).state);
    const other = outcome(tell($decider, story, { choices, repeats }).state);
    if (!isDeepStrictEqual(usual, other))
      throw broken(
        'any order of arrival ends the same',
        `"${story.name}" ends as ${JSON.stringify(usual)} and as ${JSON.stringify(other)}`,
      );
  });
}
