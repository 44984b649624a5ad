import { measure, type Run } from './measure.ts';
import { type BenchOptions, readOptions, UsageError, usage } from './options.ts';
import { profileRefrain, profileText } from './profile.ts';
import { progress, type Say } from './progress.ts';
import { coreReport, coreText } from './report.ts';
import { measureShop, shopText } from './shop.ts';
import { SIDES, type SideName } from './side.ts';

/** `npm run bench`: what Refrain costs, measured against the same work by hand (docs/benchmarks.md). */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') return write(usage, 0);
  const shown = progress(process.stderr);
  try {
    const { document, text, ok } = await modes[options.mode](options, shown.say);
    shown.end();
    return write(options.json ? `${JSON.stringify(document)}\n` : text, ok ? 0 : 1);
  } finally {
    shown.end();
  }
}

interface Result {
  readonly document: unknown;
  readonly text: string;
  readonly ok: boolean;
}

const modes: Record<BenchOptions['mode'], (options: BenchOptions, say: Say) => Promise<Result>> = {
  core: async (options, say) => {
    const runs: Record<SideName, Run[]> = { plain: [], refrain: [], traced: [], sampled: [] };
    // In turn, so that what else the machine does meanwhile meets both sides alike.
    for (let round = 1; round <= options.rounds; round++)
      for (const name of SIDES)
        runs[name].push(await measure(name, options, (text) => say(`${round}/${options.rounds} ${text}`)));
    const report = coreReport(runs, options);
    return { document: report, text: coreText(report), ok: report.problems.length === 0 };
  },
  profile: async (options, say) => {
    const profiles = await profileRefrain(options, say);
    return { document: profiles, text: profileText(profiles), ok: true };
  },
  shop: async (options, say) => {
    const report = await measureShop(options, say);
    return { document: report, text: shopText(report), ok: report.problems.length === 0 };
  },
};

function write(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrongUsage = error instanceof UsageError;
  process.stderr.write(wrongUsage ? `${error.message}\n\n${usage}` : `${(error as Error).stack}\n`);
  process.exitCode = wrongUsage ? 2 : 1;
}
