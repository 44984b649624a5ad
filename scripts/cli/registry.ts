import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.ts';
import { asServiceLoadError } from './service-load-error.ts';

const folder = join(import.meta.dirname, 'commands');
/** The order of the help; what is not named follows. */
const order = [
  'up',
  'ps',
  'restart',
  'order',
  'demo',
  'audit',
  'doctor',
  'check',
  'graph',
  'contracts',
  'state',
  'diff',
  'replay',
  'trace',
  'why',
  'retries',
  'dead-letters',
  'verdict',
  'repair',
  'recover',
  'rebuild',
  'export',
  'import',
  'record',
  'sim',
  'new',
  'governor',
  'guests',
  'broker-users',
  'config',
];

/** Every file of `commands/` is a command of that name and exports it as `command`. */
export function commandNames(): string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !/\.[a-z]+\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length));
  const place = (name: string): number => order.indexOf(name) + 1 || order.length + 1;
  return names.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

/** Only the command that was asked for is loaded: the others' imports would cost every start. */
export async function loadCommand(name: string): Promise<Command> {
  const module = (await importCommand(name)) as { command: Command };
  return module.command;
}

/** The whole module of a command, for what it exports besides. @throws RF_SERVICE_LOAD */
export async function importCommand(name: string): Promise<unknown> {
  try {
    return await import(`./commands/${name}.ts`);
  } catch (error) {
    throw asServiceLoadError(error);
  }
}
