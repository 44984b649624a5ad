import { control, type Hunt, hunt } from './hunt.ts';
import { mutants } from './mutant.ts';
import { tools } from './tools.ts';

/** Most seeds that a tool may try before a bug counts as not found. */
const SEEDS_MAX = 2_000;

/** Seeds for the tree as it is: it is simulated far longer elsewhere. */
const CONTROL_SEEDS = 50;

/** Plants every bug in turn (or the named ones), and says who finds it. */
export async function runMutants(
  say: (text: string) => void,
  { only = [], seeds = SEEDS_MAX }: { only?: readonly string[]; seeds?: number } = {},
): Promise<{ report: Hunt[]; ok: boolean }> {
  if (only.length === 0) {
    const found = await control({ tools, seeds: CONTROL_SEEDS });
    for (const { tool, what, seed } of found) say(`WITHOUT A BUG  ${tool}, ${what}, seed ${seed ?? '-'}`);
    if (found.length > 0) return { report: [], ok: false };
    say('without a bug nobody finds anything');
  }
  const report: Hunt[] = [];
  const wanted = mutants().filter(({ name }) => only.length === 0 || only.includes(name));
  for (const mutant of wanted) {
    const found = await hunt(mutant, { tools, seeds });
    report.push(found);
    say(lineOf(found));
  }
  say('');
  for (const row of tableOf(report)) say(row);
  return { report, ok: report.every(({ tool, problem }) => tool !== undefined && problem === undefined) };
}

const lineOf = ({ mutant, tool, finding, seconds, problem }: Hunt): string => {
  const what = problem ?? (tool === undefined ? 'NOT FOUND' : `${tool}, ${finding?.what}`);
  return `${mutant.padEnd(36)} ${`${seconds} s`.padStart(8)}  ${what}`;
};

/** As it stands on the page. */
const tableOf = (report: readonly Hunt[]): string[] => [
  '| planted bug | found by | seeds |',
  '|---|---|---|',
  ...report.map(({ mutant, about, tool, finding, problem }) => {
    const by = problem === undefined ? (tool ?? '**nobody**') : '**it does not run**';
    return `| \`${mutant}\`: ${about} | ${by} | ${finding?.seed ?? '-'} |`;
  }),
];
