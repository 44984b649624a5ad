import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a build is there with all that its page begins with, and not only what is left of one. */
export function isWhole(folder: string): boolean {
  try {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    const begins = page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g);
    return [...begins].every(([, asset = '']) => existsSync(join(folder, asset)));
  } catch {
    return false; // it is not there, or another console is moving it away
  }
}

/** What two consoles can spoil for each other is over after one or two. */
const TRIES_MAX = 5;

/**
 * Moves a build to its place, unless another console was first. What is left of a broken one is moved away
 * whole, since another console may be doing the same.
 */
export function putInPlace(built: string, place: string): void {
  const aside = `${built}.broken`;
  for (let tries = 1; !isWhole(place); tries++)
    try {
      if (existsSync(place)) renameSync(place, aside);
      renameSync(built, place);
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
    }
  rmSync(aside, { recursive: true, force: true });
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
