import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { identify, type ProcessIdentity, runs } from './process-identity.ts';

/** The folder's own: whoever made this file supervises there, as long as it lives. */
const pathIn = (dataFolder: string): string => join(dataFolder, 'supervisor.json');

/**
 * Makes this process the one supervisor of the folder.
 * @throws UsageError when another one lives; nothing has been changed.
 */
export function claim(dataFolder: string): { readonly self: ProcessIdentity; readonly release: () => void } {
  const self = identify(process.pid);
  const mine = `${pathIn(dataFolder)}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(self), { mode: 0o600 });
  try {
    while (!tryLink(mine, pathIn(dataFolder))) displaceDead(dataFolder);
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    self,
    release: () => {
      if (ownerOf(pathIn(dataFolder))?.pid === self.pid) rmSync(pathIn(dataFolder), { force: true });
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

function displaceDead(dataFolder: string): void {
  refuseLiving(dataFolder, ownerOf(pathIn(dataFolder)));
  const aside = `${pathIn(dataFolder)}.dead-${process.pid}`;
  try {
    renameSync(pathIn(dataFolder), aside);
  } catch {
    return; // another one was quicker
  }
  // Two may have seen the same dead owner: what was moved aside may be the quicker one's claim.
  const moved = ownerOf(aside);
  if (moved && runs(moved)) tryLink(aside, pathIn(dataFolder));
  rmSync(aside, { force: true });
  refuseLiving(dataFolder, moved);
}

function refuseLiving(dataFolder: string, owner: ProcessIdentity | undefined): void {
  if (!owner || !runs(owner)) return;
  throw new UsageError(
    `A shop runs already with ${dataFolder}: its supervisor is pid ${owner.pid}. Nothing was started. Stop it with Ctrl-C there, or name another folder in REFRAIN_DATA and other ports with --port-base.`,
  );
}

function ownerOf(path: string): ProcessIdentity | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof owner.pid === 'number' && typeof owner.startTime === 'string'
      ? { pid: owner.pid, startTime: owner.startTime }
      : undefined;
  } catch {
    return undefined;
  }
}
