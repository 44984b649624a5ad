import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { stateAfter } from './given.ts';
import { broken, choicesFor, forMany, effectsOf, someStory } from './law-runs.ts';
import type { LawSubject } from './law-subject.ts';
import { type Told, tell } from './story.ts';

/**
 * Giving up while the outcome is unknown records an event that waits for a person or is undone, and the
 * state after it is not the one of "surely never happened".
 */
export function unknownLeadsOn(subject: LawSubject): void {
  const law = 'an unknown outcome leads to an undo or to a person';
  const { $decider } = subject.decider;
  const { waits, undoneBy, service } = $decider.contract.$contract;
  for (const [name, rule] of effectsOf(subject))
    for (const [failure, known] of Object.entries(rule.failures)) {
      if (known.happened !== 'unknown') continue;
      const type = known.givingUp;
      if (!waits.includes(type) && undoneBy[type] === undefined)
        throw broken(law, `${failure} of ${name} records ${type}, which neither waits nor is undone`);
      const told = subject.stories
        .map((story) => tell($decider, story))
        .filter(({ events }) => events.some((event) => event.type === rule.after));
      if (told.length === 0) throw broken(law, `no story begins the effect ${name}`);
      const id = $decider.contract.$contract.entities[$decider.entityType]?.id ?? '';
      const unresolved = told.some(({ scenes }) => {
        const asked = scenes.find(({ events }) => events.some((event) => event.type === rule.after));
        const entityId = (asked?.events[0]?.data as Record<string, unknown> | undefined)?.[id];
        const event = { type, service, version: 1, data: { [id]: entityId } };
        return !isDeepStrictEqual($decider.evolve(asked?.after, event), asked?.after);
      });
      if (!unresolved) throw broken(law, `${type} changes nothing: the entity does not know that it waits`);
    }
}

/** Where one event undoes another: what the first took hold of is let go when the second is recorded. */
export function undoReallyCancels(subject: LawSubject): void {
  const law = 'each undo really cancels';
  const { $decider } = subject.decider;
  const { undoneBy, events } = $decider.contract.$contract;
  const pairs = Object.entries(undoneBy).filter(([type]) => events[type]?.entityType === $decider.entityType);
  if (pairs.length === 0) return;
  const holds = subject.holds as ((state: unknown) => unknown) | undefined;
  if (!holds) throw broken(law, 'it is not said what the entity holds');
  const check = ({ events: told }: Told, [done, undo]: readonly [string, string]): boolean => {
    const first = told.findIndex(({ type }) => type === done);
    const last = told.findLastIndex(({ type }) => type === undo);
    if (first < 0 || last < 0) return false;
    const heldAfter = (count: number): unknown => holds(stateAfter($decider, told.slice(0, count)));
    if (isDeepStrictEqual(heldAfter(first), heldAfter(first + 1)))
      throw broken(law, `${done} takes hold of nothing`);
    if (!isDeepStrictEqual(heldAfter(first), heldAfter(last + 1)))
      throw broken(law, `after ${undo} it still holds ${JSON.stringify(heldAfter(last + 1))}`);
    return true;
  };
  for (const pair of pairs)
    if (!subject.stories.some((story) => check(tell($decider, story), pair)))
      throw broken(law, `no story records ${pair.join(' and ')}`);
  forMany(fc.tuple(someStory(subject), choicesFor()), ([story, choices]) => {
    const told = tell($decider, story, { choices, repeats: false });
    for (const pair of pairs) check(told, pair);
  });
}
