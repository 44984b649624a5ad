import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a build is there with all that its page begins with, and not only what is left of one. */
export function isWhole(folder: string): boolean {
  try {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    const begins = page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g);
    return [...begins].every(([, asset = '']) => existsSync(join(folder, asset)));
  } catch {
    return false; // another console is removing it
  }
}

/**
 * A whole build of the sources with this hash, whichever console made it. Each console puts its build in a
 * place of its own, so that two that build at once have nothing to spoil for each other.
 */
export function findBuild(builds: string, hash: string): string | undefined {
  return readdirSync(builds)
    .filter((name) => name.startsWith(`${hash}.`))
    .map((name) => join(builds, name))
    .find(isWhole);
}

/** Removes builds, and halves of them that a kill has left, made before `beforeMs`. */
export function removeOld(builds: string, beforeMs: number): void {
  for (const name of readdirSync(builds)) {
    const folder = join(builds, name);
    const at = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? beforeMs;
    if (at >= beforeMs) continue;
    // First what it is known by: killed in the middle, this leaves no build that is taken for whole.
    rmSync(join(folder, 'index.html'), { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}
