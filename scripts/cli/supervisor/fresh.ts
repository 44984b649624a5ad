import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeNames } from './broker-nodes.ts';
import { isOurs } from './data-folder.ts';

/** What a shop keeps in its folder, by its exact name; besides there are the marker and the claim. */
const kept = [
  'run.json',
  'run.json.next',
  'restart.json',
  'topologies.json',
  'topologies.json.next',
  'secrets',
  'logs',
  'read-models',
  'guests',
  ...nodeNames,
  'psp',
  'mail',
];

/**
 * What of a folder a fresh start deletes: only what a shop put there, and only where the folder is a shop's.
 */
export const ownedEntries = (dataFolder: string): string[] =>
  isOurs(dataFolder)
    ? readdirSync(dataFolder)
        .filter((name) => kept.includes(name))
        .sort()
    : [];

/** Deletes the shop's state and returns the names of what is gone. Nothing of it may be running. */
export function deleteState(dataFolder: string): string[] {
  const names = ownedEntries(dataFolder);
  for (const name of names) rmSync(join(dataFolder, name), { recursive: true, force: true });
  return names;
}
