import { expect, test } from 'vitest';
import { hunt } from './hunt.ts';
import { mutants } from './mutant.ts';
import { tools } from './tools.ts';

const SEEDS = 80;
const [simulation] = tools;

// `npm run proof -- mutants` plants all of them, and lets every tool look.
test.each(['dedupe-off', 'next-round-too-early', 'start-mark-missing'])(
  'the simulation finds %s within a few seeds',
  { timeout: 60_000 },
  async (name) => {
    const mutant = mutants().find((one) => one.name === name);
    const found = mutant && simulation && (await hunt(mutant, { tools: [simulation], seeds: SEEDS }));
    expect(found).toMatchObject({ tool: simulation?.name, finding: { seed: expect.any(Number) } });
    expect(found?.finding?.seed).toBeLessThanOrEqual(SEEDS);
  },
);
