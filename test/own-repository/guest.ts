import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../tidy/tree.ts';
import { filesOfPage, npmLinesOfPage } from './page.ts';

const windows = process.platform === 'win32';

/** The environment without what `npm test` tells its children: it would lead npm back into this checkout. */
function outside(): NodeJS.ProcessEnv {
  const {
    npm_config_local_prefix: _prefix,
    npm_config_prefix: _global,
    INIT_CWD: _cwd,
    ...env
  } = process.env;
  return env;
}

/** Resolves with what it printed. @throws with all of it when it fails. */
export async function run(cwd: string, command: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env: outside(), shell: windows }, (error, stdout, stderr) =>
      error ? reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
  });
}

/** The packages of others as this checkout has them: they are in npm's cache, and were tested. */
function othersLocked(): Record<string, unknown> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { link?: boolean }>;
  };
  return Object.fromEntries(
    Object.entries(lock.packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link),
  );
}

/** Types into an empty folder what docs/own-repository.md has its reader begin a package with. */
export async function beginPackage(folder: string): Promise<void> {
  for (const line of npmLinesOfPage()) await run(folder, 'npm', line);
}

/**
 * Makes of a package that was begun what docs/own-repository.md says: the packages installed, by npm, and its
 * files written. npm asks the registry only for what its cache lacks.
 */
export async function makeRepository(folder: string, packs: readonly string[]): Promise<void> {
  const versions = { zod: '4.6.7', '@types/node': '24.19.2' };
  const ours = packs.map((path) => [
    `@refrain/${/refrain-(.*)-\d/.exec(basename(path))?.[1]}`,
    `file:${path}`,
  ]);
  const written = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string };
  const manifest = { ...written, dependencies: { ...Object.fromEntries(ours), ...versions } };
  const about = { name: written.name };
  const lock = { ...about, lockfileVersion: 3, requires: true, packages: { '': about, ...othersLocked() } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  await run(folder, 'npm', [
    'install',
    '--prefer-offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  for (const [name, text] of filesOfPage()) writeFileSync(join(folder, name), text);
}

/** A process of the guest that says that it is ready. */
export async function startGuest(folder: string, settings: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['main.ts'], {
    cwd: folder,
    env: { ...outside(), ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) if (line.includes('"ready"')) return child;
  throw new Error(`The guest ended with code ${child.exitCode} before it was ready.`);
}

export async function stopGuest(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
