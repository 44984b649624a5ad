import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a build is there, and not only what is left of one. */
export const isWhole = (folder: string): boolean => existsSync(join(folder, 'index.html'));

/** Moves a build to its place, unless another console was first; what is left of a broken one goes. */
export function putInPlace(built: string, place: string): void {
  try {
    renameSync(built, place);
  } catch (error) {
    if (isWhole(place)) return;
    if (!existsSync(place)) throw error;
    rmSync(place, { recursive: true });
    renameSync(built, place);
  }
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
