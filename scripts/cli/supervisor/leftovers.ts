import { endProcess, runs } from './process-identity.ts';
import type { RunFile } from './run-file.ts';

/** Services may still be finishing what they began; what does not end in that time is made to. */
const graceMs = 12_000;

/**
 * Ends what a dead supervisor left behind, each only if it is the very process that run.json names.
 * Returns their names and pids. The broker goes last, so that the others can still settle what they hold.
 */
export async function endLeftovers(run: RunFile): Promise<string[]> {
  const left = run.processes.filter((entry) => runs(entry) || (entry.keeper && runs(entry.keeper)));
  const kept = left.filter((entry) => entry.keeper);
  await Promise.all(left.filter((entry) => !entry.keeper).map((entry) => endProcess(entry, graceMs)));
  for (const entry of kept) {
    if (entry.keeper) await endProcess(entry.keeper, graceMs);
    await endProcess(entry, graceMs);
  }
  return left.map(({ name, pid }) => `${name} (pid ${pid})`);
}
