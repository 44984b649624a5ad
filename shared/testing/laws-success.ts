import * as fc from 'fast-check';
import { broken, choicesFor, forMany, effectsOf, someStory } from './law-runs.ts';
import type { LawSubject } from './law-subject.ts';
import { tell } from './story.ts';

/**
 * What the world did is recorded, at whatever point of whatever story it becomes known, unless that very
 * success is on record. An entity with effects must name their successes.
 */
export function successesAreRecorded(subject: LawSubject): void {
  const law = 'a success of the outside world is recorded';
  const { successes = [] } = subject;
  const effects = effectsOf(subject);
  if (successes.length < effects.length)
    throw broken(law, `of ${effects.length} effects ${successes.length} have their success named`);
  if (successes.length === 0) return;
  const { $decider } = subject.decider;
  const run = fc.tuple(someStory(subject), choicesFor(), fc.constantFrom(...successes), fc.nat(8));
  forMany(run, ([story, choices, { command, isRecordedBy }, at]) => {
    const { scenes } = tell($decider, story, { choices, also: { at, command } });
    const index = scenes.findIndex((scene) => scene.arrival === command);
    const before = scenes.slice(0, index).flatMap((scene) => scene.events);
    if (before.some(isRecordedBy)) return;
    const recorded = scenes[index]?.events ?? [];
    if (!recorded.some(isRecordedBy))
      throw broken(law, `${command.name} came in "${story.name}" and was answered with ${typesOf(recorded)}`);
  });
}

const typesOf = (events: readonly { type: string }[]): string =>
  events.map(({ type }) => type).join(', ') || 'nothing';
