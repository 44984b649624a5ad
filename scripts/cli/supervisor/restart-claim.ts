import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { claimFile } from './claim.ts';
import { runs } from './process-identity.ts';

const claimed = z.object({ pid: z.number(), startTime: z.string(), keptDown: z.array(z.string()) });

const pathIn = (dataFolder: string): string => join(dataFolder, 'restart.json');

/** Makes its holder the one who starts processes of a shop anew. */
export interface RestartClaim {
  /** From now on the end of these, and of no others, is asked for: the supervisor does not start them. */
  keepDown(names: readonly string[]): void;
  /** Lets everything start. Who dies without it has let go all the same. */
  release(): void;
}

/** @throws UsageError while another one has it; nothing has been changed. */
export function claimRestart(dataFolder: string): RestartClaim {
  const { note, release } = claimFile(
    pathIn(dataFolder),
    (pid) =>
      `refrain restart: pid ${pid} is restarting processes of this shop. Nothing was restarted. Wait until it has ended.`,
    { keptDown: [] },
  );
  return { keepDown: (keptDown) => note({ keptDown }), release };
}

/** The living `restart` that starts this process anew and has not let it start yet, by its pid. */
export function keptDownBy(dataFolder: string, name: string): number | undefined {
  try {
    const claim = claimed.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
    return claim.keptDown.includes(name) && runs(claim) ? claim.pid : undefined;
  } catch {
    return undefined;
  }
}
