// `node test/mutants/sim-seeds.ts N`: simulates the shop seed after seed, and ends with the first that breaks a
// promise. As `npx refrain sim --seeds N`, which goes on and shrinks what it finds.
import { runSeeds } from '../../scripts/sim/run-seeds.ts';

/** So many more each time: who finds a bug soon ends soon. */
const GROWTH = 4;

const seedsMax = Number(process.argv[2]);
for (let [from, seeds] = [1, 4]; from <= seedsMax; [from, seeds] = [from + seeds, seeds * GROWTH]) {
  const row = { from, seeds: Math.min(seeds, seedsMax - from + 1), forMs: undefined };
  const [first] = (await runSeeds({ ...row, orders: 20, faults: [] })).failing;
  if (!first) continue;
  const found = [...new Set(first.findings.map(({ invariant }) => invariant))];
  process.stdout.write(`${JSON.stringify({ seed: first.seed, found })}\n`);
  process.exitCode = 1;
  break;
}
