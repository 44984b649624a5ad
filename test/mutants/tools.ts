import { stripVTControlCharacters } from 'node:util';

/** Something that looks for bugs, as a command that is run in a copy of the tree. */
export interface Tool {
  readonly name: string;
  /** What `node` is given. */
  readonly command: (seeds: number) => readonly string[];
  /** What it never runs: a bug that lies nowhere else is not looked for. Default: it runs everything. */
  readonly blindTo?: RegExp;
  /** What it has found, by what it printed; `undefined`: nothing, it ended well. */
  readonly read: (output: string, code: number) => Finding | undefined;
}

/** Why a tool is not content. */
export interface Finding {
  readonly what: string;
  /** The seed that showed it, counted from 1; absent where a tool has none. */
  readonly seed?: number;
}

/** A tool that did not run tells nothing, and counts as no catch. */
export class ToolBroken extends Error {
  override readonly name = 'ToolBroken';
}

/** What runs these tests until one fails. */
export const vitest = (...paths: readonly string[]): readonly string[] => [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'unit',
  '--bail',
  '1',
  '--testTimeout',
  '300000', // that a machine is busy is no bug
  ...paths,
];

/**
 * What the first failing test is called, and the seed that its message names.
 * @throws ToolBroken when no test ran.
 */
export function readVitest(output: string, code: number): Finding | undefined {
  if (code === 0) return undefined;
  const plain = stripVTControlCharacters(output);
  const failed = /FAIL\s+(.+)/.exec(plain)?.[1]?.trim();
  // What cannot even be loaded has no tests; that is a mistake in the patch.
  if (failed === undefined || !failed.includes(' > ')) throw new ToolBroken(plain.slice(-2_000));
  const seed = /SEED=(\d+)/.exec(plain)?.[1];
  return { what: failed.split(' > ').slice(1).join(': '), ...(seed && { seed: Number(seed) }) };
}

/** The first seed that broke a promise, and which. @throws ToolBroken when it came to no end. */
export function readSeeds(output: string, code: number): Finding | undefined {
  if (code === 0) return undefined;
  const line = output.split('\n').find((one) => one.startsWith('{"seed"'));
  if (line === undefined) throw new ToolBroken(output.slice(-2_000));
  const { seed, found } = JSON.parse(line) as { seed: number; found: string[] };
  return { what: found.join('; '), seed };
}

/** What the checker of the choreography found first. @throws ToolBroken when it came to no end. */
export function readCheck(output: string, code: number): Finding | undefined {
  if (code === 0) return undefined;
  const start = output.indexOf('{');
  if (code !== 1 || start < 0) throw new ToolBroken(output.slice(-2_000));
  const report = JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)) as {
    findings: { rule: string }[];
    counterexample?: { invariant: string; steps: unknown[] };
  };
  const { counterexample: broken, findings } = report;
  if (broken) return { what: `${broken.invariant}, after ${broken.steps.length} steps` };
  return { what: findings[0]?.rule ?? 'nothing that has a name' };
}

/** In the order in which they are asked: what a person would want to be found by first. */
export const tools: readonly Tool[] = [
  {
    name: 'simulator',
    command: (seeds) => ['test/mutants/sim-seeds.ts', String(seeds)],
    blindTo: /^shared\/jetstream\//,
    read: readSeeds,
  },
  {
    name: 'checker',
    command: () => ['scripts/refrain.mjs', 'check', '--json'],
    blindTo: /^shared\/(?:jetstream|memory|governor)\//,
    read: readCheck,
  },
  {
    name: 'simulation of the runtime',
    command: () => vitest('shared/simulation'),
    blindTo: /^services\/|^shared\/jetstream\//,
    read: readVitest,
  },
  {
    name: 'model of the governor',
    command: () => vitest('shared/governor'),
    blindTo: /^(?!shared\/governor\/)/,
    read: readVitest,
  },
  {
    name: 'laws and contract suites',
    command: () => vitest('services/', 'shared/'),
    read: readVitest,
  },
];
