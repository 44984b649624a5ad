// `node test/mutants/sim-seeds.ts N`: simulates the shop seed after seed, and ends with the first that breaks
// a promise. As `npx refrain sim --seeds N`, which goes on, and shrinks what it finds.
import { askAll } from '../../scripts/sim/pool.ts';

const seedsMax = Number(process.argv[2]);
const drawing = { orders: 20, faults: [] };
const broken = new Map<number, string[]>();
let given = 0;

await askAll(
  () => (broken.size > 0 || given === seedsMax ? undefined : { kind: 'seed', seed: ++given, drawing }),
  (_, { seed, findings }) => {
    if (findings.length > 0) broken.set(seed, [...new Set(findings.map(({ invariant }) => invariant))]);
  },
);
const seed = Math.min(...broken.keys());
if (broken.size > 0) {
  process.stdout.write(`${JSON.stringify({ seed, found: broken.get(seed) })}\n`);
  process.exitCode = 1;
}
