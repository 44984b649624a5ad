import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system tells it; only ever compared. */
  readonly startTime: string;
}

/** When the process of this number began, or `undefined` where none runs. A zombie does not run. */
function startTimeOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    if (!existsSync('/proc/self/stat')) {
      return (
        execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
      );
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in parentheses, may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export const identify = (pid: number): ProcessIdentity => ({ pid, startTime: startTimeOf(pid) ?? 'ended' });

export const runs = ({ pid, startTime }: ProcessIdentity): boolean => startTimeOf(pid) === startTime;

/** Sends to the process and to the group it leads. What has ended meanwhile is no error. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!runs(identity)) return;
  for (const target of [-identity.pid, identity.pid]) {
    try {
      process.kill(target, name);
      if (target < 0) return;
    } catch {
      // It leads no group, or it ended between the look and the signal.
    }
  }
}

/**
 * Asks it to end and, after `graceMs`, makes it. Tells whether it had to be made to; resolves when it is
 * gone.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<'ended' | 'killed'> {
  signal(identity, 'SIGTERM');
  if (await gone(identity, graceMs)) return 'ended';
  signal(identity, 'SIGKILL');
  await gone(identity, 5_000);
  return 'killed';
}

async function gone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  while (runs(identity)) {
    if (performance.now() > giveUpAt) return false;
    await sleep(20);
  }
  return true;
}
