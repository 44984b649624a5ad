import { type Outcome, type Plan, shrink, storyText, tellStory } from '@refrain/simulation';
import { ShopClient } from './shop-client.ts';
import { shop } from './shop-scenario.ts';

/** The shortest story found of what broke a promise. */
export interface ShrunkStory {
  readonly plan: Plan;
  readonly findings: Outcome['findings'];
  /** How many runs the search took. */
  readonly runs: number;
  readonly lines: readonly string[];
}

/** Orders by the key that they were placed under. */
const namesOf = ({ load }: Plan): ReadonlyMap<string, string> =>
  new Map(load.map(({ args }) => [ShopClient.orderIdOf(String(args['key'])), String(args['key'])]));

/** Makes the story of a failing plan as short as it gets, and tells it. */
export async function shrunkStory(
  plan: Plan,
  outcome: Outcome,
  onRun: (runs: number, entries: number) => void = () => {},
): Promise<ShrunkStory> {
  const shrunk = await shrink(shop, plan, outcome, { onRun });
  const story = await tellStory(shop, shrunk.plan);
  return {
    plan: shrunk.plan,
    findings: story.outcome.findings,
    runs: shrunk.runs,
    lines: storyText(story, namesOf(shrunk.plan)),
  };
}
