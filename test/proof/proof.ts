/** A long check of one promise: tells how it goes, and whether it held. */
type Proof = (say: (text: string) => void) => Promise<{ report: unknown; ok: boolean }>;

/** Only the area that was asked for is loaded. */
const areas: Readonly<Record<string, () => Promise<Proof>>> = {
  chaos: async () => (await import('./chaos.ts')).chaos,
  console: async () => (await import('./console.ts')).consolePage,
  check: async () => (await import('./check.ts')).check,
  kills: async () => (await import('./kills.ts')).kills,
  sim: async () => (await import('./sim.ts')).sim,
  startup: async () => (await import('./startup.ts')).startup,
  mutants: async () => (await import('./mutants.ts')).mutants,
  replay: async () => (await import('./replay.ts')).replay,
  retries: async () => (await import('./retries.ts')).retries,
};

const usage = `Usage: npm run proof -- <${Object.keys(areas).join('|')}> [--json]
SEED=n runs it again with the same chance, MINUTES=n says how long chaos or console is to last.`;

/** `npm run proof -- <area>`: exit codes 0 it held, 1 it did not, 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const names = argv.filter((word) => word !== '--json');
  const area = names.length === 1 ? areas[names[0] ?? ''] : undefined;
  if (!area) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const json = argv.includes('--json');
  const proof = await area();
  const { report, ok } = await proof(
    (text) => void (json ? process.stderr : process.stdout).write(`${text}\n`),
  );
  if (json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  return ok ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
