import { type Context, defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { integer, integerOr, list, onOff } from '../options.ts';
import type { Output } from '../output.ts';
import { pointLines, seedLines, storyLines } from '../../sim/lines.ts';
import { runPoints } from '../../sim/run-points.ts';
import { runSeeds, type SeedsReport } from '../../sim/run-seeds.ts';
import { type Drawing, kindsOf, planOf } from '../../sim/seed-run.ts';
import { shrunkStory, type ShrunkStory } from '../../sim/shrunk-story.ts';

const SEEDS_DEFAULT = 100;
const seedMax = 2 ** 31 - 1;

const options = {
  seeds: integer('N', `how many seeds (${SEEDS_DEFAULT}; with --minutes as many as there is time for)`, {
    min: 1,
    max: 10_000_000,
  }),
  from: integerOr('N', 'the first seed', 1, { min: 0, max: seedMax }),
  seed: integer('N', 'only this seed; its story is told if it breaks a promise', { min: 0, max: seedMax }),
  minutes: integer('M', 'begin no further seed after so long', { min: 1, max: 10_000 }),
  orders: integerOr('N', 'orders of each seed', 20, { min: 1, max: 1_000 }),
  faults: list('fault,…', 'only these faults, by name'),
  everyAwait: onOff('instead: kill a process once at every point before and after each call through a port'),
};

export const command = defineCommand({
  name: 'sim',
  summary: 'Simulates the shop under seeded faults, looks for a broken promise, and shrinks what it finds.',
  operands: '',
  options,
  notes: [
    'Nothing is started and nothing is read: broker, time, provider and all processes are simulated here, on',
    'all cores. The same seed gives the same run. Of seeds that break a promise the lowest is made as short',
    'as it gets, and told. Exit code 1: a promise was broken.',
  ],
  run: async (context) =>
    context.options.everyAwait ? await killEverywhere(context) : await simulateSeeds(context),
});

async function killEverywhere({ out }: Context<typeof options>): Promise<number> {
  const report = await runPoints({
    onProgress: (done, of, failing) => out.progress(`${done} of ${of} points, ${failing} broke a promise`),
  });
  out.progress('');
  for (const line of pointLines(report)) out.line(line);
  out.document(report);
  return report.failing.length > 0 || report.missed.length > 0 ? exit.finding : exit.fine;
}

async function simulateSeeds({ options: asked, out }: Context<typeof options>): Promise<number> {
  const { seed, minutes, orders } = asked;
  const drawing = drawingOf(asked);
  const forMs = minutes === undefined ? undefined : minutes * 60_000;
  const usual = forMs === undefined ? SEEDS_DEFAULT : undefined;
  const report = await runSeeds({
    ...drawing,
    from: seed ?? asked.from,
    seeds: seed === undefined ? (asked.seeds ?? usual) : 1,
    forMs,
    orders,
    onProgress: (done, failing) => out.progress(`${done} seeds, ${failing} broke a promise`),
  });
  out.progress('');
  for (const line of seedLines(report)) out.line(line);
  const story = await storyOf(report, drawing, out);
  out.document({ ...report, ...(story && { story }) });
  return report.failing.length > 0 ? exit.finding : exit.fine;
}

/** @throws UsageError for a fault that there is not. */
function drawingOf({ orders, faults }: { orders: number; faults: readonly string[] }): Drawing {
  try {
    kindsOf({ faults });
  } catch (error) {
    throw new UsageError(`refrain sim: --faults: ${(error as Error).message}. Nothing was simulated.`);
  }
  return { orders, faults };
}

/** The story of the lowest seed that broke a promise. */
async function storyOf(
  { failing: [first] }: SeedsReport,
  drawing: Drawing,
  out: Output,
): Promise<ShrunkStory | undefined> {
  if (!first) return undefined;
  const told = await shrunkStory(planOf(first.seed, drawing), first, (runs, entries) =>
    out.progress(`seed ${first.seed}: ${entries} entries left after ${runs} runs`),
  );
  out.progress('');
  out.line('');
  for (const line of storyLines(told)) out.line(line);
  return told;
}
