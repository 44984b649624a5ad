import * as fc from 'fast-check';
import type { LawSubject } from './law-subject.ts';
import type { Story } from './story.ts';

/** Orders of arrival, as `tell` takes them. */
export const choicesFor = (): fc.Arbitrary<number[]> =>
  fc.array(fc.nat(40), { minLength: 24, maxLength: 24 });

/** One of the subject's stories. @throws when it has none: a law without a story holds of anything. */
export function someStory({ decider, stories }: LawSubject): fc.Arbitrary<Story> {
  if (stories.length === 0)
    throw broken('stories', `${decider.$decider.entityType} has none to be judged by`);
  return fc.constantFrom(...stories);
}

/** How a law tells that it does not hold. */
export const broken = (law: string, how: string): Error => new Error(`The law "${law}" is broken: ${how}.`);

/** The effects whose intent belongs to this entity. */
export const effectsOf = ({ decider: { $decider } }: LawSubject) => {
  const { effects, events } = $decider.contract.$contract;
  return Object.entries(effects).filter(([, rule]) => events[rule.after]?.entityType === $decider.entityType);
};

/**
 * Checks with many examples; what fails is told with the law's own words first, then with how to see it
 * again. The counterexample is the smallest that fast-check found.
 */
export function forMany<T>(examples: fc.Arbitrary<T>, check: (example: T) => void): void {
  const { failed, errorInstance, seed, counterexample } = fc.check(fc.property(examples, check));
  if (!failed) return;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(`${why}\nSeed ${seed}, smallest example: ${fc.stringify(counterexample)}`, {
    cause: errorInstance,
  });
}
