import { join } from 'node:path';
import { readDataFolder } from './config.ts';
import { root } from './paths.ts';

/** How a command is typed in another terminal. */
export type Typed = (command: string) => string;

/**
 * Says how a command is typed in another terminal to find the shop that keeps its data in this folder: with
 * REFRAIN_DATA before it, unless `.env` or the default lead there.
 */
export function typedFor(dataFolder: string, envFile = join(root, '.env')): Typed {
  if (folderWithoutVariable(envFile) === dataFolder) return (command) => command;
  return (command) => `REFRAIN_DATA=${quoted(dataFolder)} ${command}`;
}

function folderWithoutVariable(envFile: string): string | undefined {
  try {
    return readDataFolder({ env: {}, envFile });
  } catch {
    return undefined; // what is wrong in `.env` the command says that reads it
  }
}

/** As a shell takes it for one word. */
const quoted = (path: string): string =>
  /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
