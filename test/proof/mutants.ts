import type { Hunt } from '../mutants/hunt.ts';
import { runMutants } from '../mutants/run.ts';

/**
 * Plants every bug of `test/mutants/patches` in a copy of this tree, and says which tool finds it.
 * `ONLY=name,name` takes some of them, `SEEDS=n` lets a tool try fewer seeds.
 */
export async function mutants(say: (text: string) => void): Promise<{ report: Hunt[]; ok: boolean }> {
  const { ONLY, SEEDS } = process.env;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  return await runMutants(say, {
    only: ONLY?.split(',') ?? [],
    ...(SEEDS !== undefined && { seeds: Number(SEEDS) }),
  });
}
