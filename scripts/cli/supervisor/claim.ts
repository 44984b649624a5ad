import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { identify, type ProcessIdentity, runs } from './process-identity.ts';

/**
 * Makes this process the one supervisor of the folder.
 * @throws UsageError when another one lives; nothing has been changed.
 */
export const claim = (dataFolder: string): Claim =>
  claimFile(
    join(dataFolder, 'supervisor.json'),
    (pid) =>
      `A shop runs already with ${dataFolder}: its supervisor is pid ${pid}. Nothing was started. Stop it with Ctrl-C there, or name another folder in REFRAIN_DATA and other ports with --port-base.`,
  );

export interface Claim {
  readonly self: ProcessIdentity;
  /** Puts something else beside who has it. */
  readonly note: (more: object) => void;
  readonly release: () => void;
}

/** In words, that the process of this number has it. */
type Refusal = (pid: number) => string;

/**
 * Makes a file this process's own: whoever made it has what it stands for, as long as it lives. `more` lies
 * beside its pid, for those who read it.
 * @throws UsageError when another one lives.
 */
export function claimFile(file: string, refusal: Refusal, more: object = {}): Claim {
  const self = identify(process.pid);
  const mine = `${file}.${process.pid}`;
  const write = (beside: object): void =>
    writeFileSync(mine, JSON.stringify({ ...self, ...beside }), { mode: 0o600 });
  write(more);
  try {
    while (!tryLink(mine, file)) displaceDead(file, refusal);
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    self,
    note: (beside) => {
      write(beside);
      renameSync(mine, file);
    },
    release: () => {
      if (ownerOf(file)?.pid === self.pid) rmSync(file, { force: true });
    },
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to); // unlike a rename, it fails where something stands
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function displaceDead(file: string, refusal: Refusal): void {
  refuseLiving(ownerOf(file), refusal);
  const aside = `${file}.dead-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another one was quicker
  }
  // Two may have seen the same dead owner: what was moved aside may be the quicker one's claim.
  const moved = ownerOf(aside);
  if (moved && runs(moved)) tryLink(aside, file);
  rmSync(aside, { force: true });
  refuseLiving(moved, refusal);
}

function refuseLiving(owner: ProcessIdentity | undefined, refusal: Refusal): void {
  if (owner && runs(owner)) throw new UsageError(refusal(owner.pid));
}

/** Who made a claim; `undefined` where nobody did. */
export function ownerOf(path: string): ProcessIdentity | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof owner.pid === 'number' && typeof owner.startTime === 'string'
      ? { pid: owner.pid, startTime: owner.startTime }
      : undefined;
  } catch {
    return undefined;
  }
}
