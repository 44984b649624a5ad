import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { readRunFile } from './run-file.ts';

/** Says that a folder is a shop's. Without it nothing in a folder is deleted, nor are its rights changed. */
export const markerName = 'refrain-data.json';

const marker = z.object({ kind: z.literal('refrain-data'), id: z.uuid() });

const shownMax = 5;

/** Whether a shop made the folder its own. One from before there was a marker has a run.json of ours. */
export function isOurs(dataFolder: string): boolean {
  return isMarked(dataFolder) || readRunFile(dataFolder) !== undefined;
}

function isMarked(dataFolder: string): boolean {
  try {
    return marker.safeParse(JSON.parse(readFileSync(join(dataFolder, markerName), 'utf8'))).success;
  } catch {
    return false;
  }
}

/**
 * Makes the folder, or takes it where it is a shop's or holds nothing, and marks it.
 * @throws RF_CONFIG for a folder with other things in it; nothing there has been changed.
 */
export function openDataFolder(dataFolder: string): void {
  try {
    makeFolder(dataFolder);
    if (isMarked(dataFolder)) return;
    const foreign = isOurs(dataFolder) ? [] : contentOf(dataFolder);
    if (foreign.length > 0) throw notOurs(dataFolder, foreign);
    writeFileSync(
      join(dataFolder, markerName),
      `${JSON.stringify({ kind: 'refrain-data', id: randomUUID() })}\n`,
      { mode: 0o600 },
    );
  } catch (error) {
    if (error instanceof RefrainError) throw error;
    const problem = `REFRAIN_DATA is "${dataFolder}", which cannot be used: ${messageOf(error)}`;
    throw new RefrainError('RF_CONFIG', { problems: problem }, { cause: error });
  }
}

/**
 * Makes a folder and those above it, one by one: `recursive` goes round for ever below /proc, where making a
 * folder is answered as if the one above were missing.
 */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (!statSync(dirname(path), { throwIfNoEntry: false })) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another one was quicker.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Lets nobody else look into the folder. Only what bears the marker may be closed. */
export function closeToOthers(dataFolder: string): void {
  if (isMarked(dataFolder)) chmodSync(dataFolder, 0o700);
}

/** What is in it. An empty file holds nothing: a shell makes one for `up > folder/up.log`. */
const contentOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      return !stat?.isFile() || stat.size > 0;
    })
    .sort();

function notOurs(dataFolder: string, names: readonly string[]): RefrainError {
  const shown = names.slice(0, shownMax).join(', ');
  const more = names.length > shownMax ? ` and ${names.length - shownMax} more` : '';
  const problems =
    `REFRAIN_DATA is "${dataFolder}", which holds ${shown}${more} and no ${markerName}: it is no shop's; ` +
    'nothing in it was changed or deleted; name a new or an empty folder';
  return new RefrainError('RF_CONFIG', { problems });
}
