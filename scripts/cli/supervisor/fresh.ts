import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const processes = [
  'nats',
  'psp',
  'mail',
  'orders',
  'payments',
  'inventory',
  'notifications',
  'governor',
  'console',
];

/** Everything a shop keeps in its folder bears the name of one of its processes, or one of these. */
const ours = new RegExp(`^(run\\.json|secrets|logs|read-models|(${processes.join('|')})(-\\d+)?([.-].*)?)$`);

/** What of a folder a fresh start deletes: only what a shop put there. */
export const ownedEntries = (dataFolder: string): string[] =>
  readdirSync(dataFolder)
    .filter((name) => ours.test(name))
    .sort();

/** Deletes the shop's state and returns the names of what is gone. Nothing of it may be running. */
export function deleteState(dataFolder: string): string[] {
  const names = ownedEntries(dataFolder);
  for (const name of names) rmSync(join(dataFolder, name), { recursive: true, force: true });
  return names;
}
