import type { Plan } from './plan.ts';
import { REPLAY, type Run } from './run.ts';
import type { Scenario } from './scenario.ts';
import { type Outcome, simulate } from './simulate.ts';

/** One line of a run, for a person. */
export interface StoryLine {
  /** Virtual milliseconds since the start. */
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

export interface Story {
  readonly lines: readonly StoryLine[];
  readonly outcome: Outcome;
}

/** Runs a plan once more and tells it: who did what, which events were stored, and what is broken. */
export async function tellStory(scenario: Scenario, plan: Plan): Promise<Story> {
  const lines: StoryLine[] = [];
  let seen: Run | undefined;
  let from = 0;
  const outcome = await simulate(scenario, plan, {
    onTold: (atMs, who, what) => lines.push({ atMs, who, what }),
    prepare: (run) => {
      seen = run;
      from = run.world.clock.now();
    },
  });
  const { broker } = (seen as Run).world;
  const stored = broker.services().flatMap((service) =>
    broker.commitsOf(service).map(({ at, entity, types }) => ({
      atMs: at - from,
      who: service,
      what: `${entity.entityType}/${entity.entityId}: ${types.map(nameOf).join(', ')}`,
    })),
  );
  const all = [...lines, ...stored].sort((a, b) => a.atMs - b.atMs);
  return { lines: withoutReplay(all, outcome), outcome };
}

/** The replay is told only where it is what broke the promise. */
function withoutReplay(lines: readonly StoryLine[], { findings }: Outcome): readonly StoryLine[] {
  if (findings.some(({ invariant }) => invariant.startsWith('a replay'))) return lines;
  const end = lines.findIndex(({ what }) => what === REPLAY);
  return end < 0 ? lines : lines.slice(0, end);
}

const nameOf = (type: string): string => type.slice(0, type.lastIndexOf('.'));

/** Names that a person can tell apart: what `names` knows, and the beginning of every other id. */
const readable = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\b[a-z2-7]{26}\b/g, (id) => names.get(id) ?? `${id.slice(0, 6)}…`);

/** A story as lines of text, the broken promises last. */
export function storyText({ lines, outcome }: Story, names: ReadonlyMap<string, string>): string[] {
  const width = Math.max(0, ...lines.map(({ who }) => who.length));
  return [
    ...lines.map(({ atMs, who, what }) => {
      const at = (atMs / 1_000).toFixed(3).padStart(9);
      return `${at} s  ${who.padEnd(width)}  ${readable(what, names)}`;
    }),
    ...outcome.findings.map(
      ({ invariant, where, found }) => `BROKEN  ${invariant}: ${readable(`${where}: ${found}`, names)}`,
    ),
  ];
}
