import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import type { LawSubject } from './law-subject.ts';
import { broken, choicesFor, forMany, someStory } from './law-runs.ts';
import { isCommand, type Scene, tell } from './story.ts';

/** Each command of a told story again: right after it, and at the end. */
function tellAndRepeat(subject: LawSubject, check: (scene: Scene, state: unknown) => void): void {
  forMany(fc.tuple(someStory(subject), choicesFor()), ([story, choices]) => {
    const { scenes, state } = tell(subject.decider.$decider, story, { choices });
    for (const scene of scenes) {
      if (!isCommand(scene.arrival)) continue;
      check(scene, scene.after);
      check(scene, state);
    }
  });
}

/** A command that arrives again, at once or much later, adds nothing. */
export function twiceIsOnce(subject: LawSubject): void {
  const { $decider } = subject.decider;
  tellAndRepeat(subject, ({ arrival, before, events }, state) => {
    if (!isCommand(arrival)) return;
    const again = $decider.decide(state, arrival);
    // What was too early the first time is a new decision the second time; only what was acted upon is
    // repeated.
    if (events.length === 0 && !isDeepStrictEqual(before, state)) return;
    if (again.length > 0)
      throw broken(
        'twice is once',
        `${arrival.name} again records ${again.map((event) => event.type).join(', ')}`,
      );
  });
}

/** A hot entity's cursor is past a request once it is decided: one without an answer would wait for ever. */
export function everyRequestIsAnswered(subject: LawSubject): void {
  tellAndRepeat(subject, ({ arrival, events }) => {
    if (isCommand(arrival) && events.length === 0)
      throw broken('every request is answered', `${arrival.name} was answered with nothing`);
  });
}
