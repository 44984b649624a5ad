import { RefrainError } from '@refrain/errors';
import { readDataFolder } from './config.ts';
import { type RunFile, type RunningProcess, readRunFile, verified } from './supervisor/run-file.ts';
import { runs } from './supervisor/process-identity.ts';

/** A running shop as other commands find it. */
export interface FoundShop extends Omit<RunFile, 'processes'> {
  readonly dataFolder: string;
  /** As the system knows them now. */
  readonly processes: readonly RunningProcess[];
}

/**
 * The shop that keeps its data where this environment says.
 * @throws RF_UNREACHABLE when none runs there.
 */
export function findShop(env: NodeJS.ProcessEnv): FoundShop {
  const dataFolder = readDataFolder({ env });
  const run = readRunFile(dataFolder);
  if (!run || !runs(run.supervisor)) {
    const problem = run
      ? `its supervisor (pid ${run.supervisor.pid}) has ended`
      : 'no shop was started with this folder (REFRAIN_DATA names another)';
    throw new RefrainError('RF_UNREACHABLE', {
      what: 'The shop',
      where: dataFolder,
      problem: `${problem}; nothing was done`,
    });
  }
  return { ...run, dataFolder, processes: verified(run) };
}

/**
 * Where a process of the shop is reached.
 * @throws RF_UNREACHABLE when it is not ready, saying what it is instead.
 */
export function urlOf({ processes }: FoundShop, name: string): string {
  const found = processes.find((process) => process.name === name);
  if (found?.status === 'ready' && found.url !== '') return found.url;
  const problem = found ? `it is ${found.status}` : 'the shop runs without it';
  throw new RefrainError('RF_UNREACHABLE', {
    what: name,
    where: found?.url || 'this shop',
    problem: `${problem}; nothing was done`,
  });
}
