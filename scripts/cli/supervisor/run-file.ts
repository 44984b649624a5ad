import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runs } from './process-identity.ts';

const identity = z.object({ pid: z.number(), startTime: z.string() });
const status = z.enum(['starting', 'ready', 'restarting', 'stopped']);

const process = identity.extend({
  name: z.string(),
  /** Where it is reached; empty for what has no door. */
  url: z.string(),
  status,
  /** How often it was started again, and when last. */
  restarts: z.number().optional(),
  restartedAt: z.string().optional(),
  /** The process that keeps it, where it is not the supervisor itself. */
  keeper: identity.optional(),
});

const runFile = z.object({
  version: z.literal(1),
  supervisor: identity,
  startedAt: z.string(),
  natsUrl: z.string(),
  portBase: z.number(),
  ports: z.record(z.string(), z.number()),
  /** Where each broker user's credentials lie, `<user>.json`; missing where the broker asks for none. */
  credentialsFolder: z.string().optional(),
  /** The authorities that the broker's certificate is checked by, where it is asked for TLS. */
  natsCa: z.string().optional(),
  /** How many nodes the broker has, and so copies each stream; missing: 1. */
  nodes: z.number().optional(),
  /** The services that the broker has streams for, whether or not they run; missing: all of the checkout. */
  services: z.array(z.string()).optional(),
  processes: z.array(process),
});

export type RunFile = z.infer<typeof runFile>;
export type RunningProcess = z.infer<typeof process>;
export type ProcessStatus = z.infer<typeof status>;

const pathIn = (dataFolder: string): string => join(dataFolder, 'run.json');

/** What the folder says of its last run, or `undefined` where there is none that can be read. */
export function readRunFile(dataFolder: string): RunFile | undefined {
  try {
    return runFile.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Readers see the file of before or this one, never a half. */
export function writeRunFile(dataFolder: string, run: RunFile): void {
  const next = `${pathIn(dataFolder)}.next`;
  writeFileSync(next, `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(next, pathIn(dataFolder));
}

/** The processes as they are now: what the file calls alive and the system does not know is stopped. */
export function verified(run: RunFile): RunningProcess[] {
  const supervised = runs(run.supervisor);
  return run.processes.map((entry) => {
    // Before its start and between two a child has no process, which only a living supervisor will change.
    const isBetween = entry.status === 'restarting' || (entry.status === 'starting' && entry.pid === 0);
    if (isBetween && supervised) return entry;
    return runs(entry) ? entry : { ...entry, status: 'stopped' };
  });
}
