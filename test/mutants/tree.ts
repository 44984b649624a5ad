import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { compileCacheOf } from '../../scripts/cli/paths.ts';

const root = resolve(import.meta.dirname, '../..');

/** A copy of this tree in a folder of its own, to be spoilt. */
export interface Tree {
  readonly folder: string;
  /** Ends with what was printed, and the exit code. */
  run(args: readonly string[]): Promise<{ output: string; code: number }>;
  /** Why a patch does not apply as it stands; `undefined` when it does. */
  problemOf(patch: string): string | undefined;
  apply(patch: string): void;
  remove(): void;
}

/**
 * Copies what git knows or would add, and the packages: those of this workspace are links that lead into the
 * copy, all others lead back here.
 */
export function copyTree(): Tree {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-mutant-'));
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const files = execFileSync('git', listed, { cwd: root, maxBuffer: 64 << 20 })
    .toString()
    .split('\0');
  // What was deleted and not committed yet is in git's list still.
  for (const file of files.filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { force: true });
  }
  linkPackages(join(root, 'node_modules'), join(folder, 'node_modules'));
  linkCaches(folder);
  const running = new Set<ChildProcess>();
  const remove = (): void => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove); // who is interrupted leaves nothing behind
  return {
    folder,
    run: (args) => run(folder, args, running),
    problemOf: (patch) => problemIn(() => applyIn(folder, ['--check', patch])),
    apply: (patch) => applyIn(folder, [patch]),
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

function applyIn(folder: string, args: readonly string[]): void {
  execFileSync('git', ['apply', '--whitespace=nowarn', ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    // The copy may lie inside another repository.
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) },
  });
}

function problemIn(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim();
  }
}

function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name.startsWith('.')) continue; // caches
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name.startsWith('@')) linkPackages(source, target);
    else symlinkSync(source, target);
  }
}

/**
 * Copies find what others of them compiled, and the page that this tree built. This tree's own code is apart:
 * what V8 keeps names the file that it compiled, and stack traces would tell of a copy that is gone.
 */
function linkCaches(folder: string): void {
  mkdirSync(join(folder, '.cache'));
  for (const [cache, shared] of [
    ['v8', 'v8-copies'],
    ['console', 'console'],
  ] as const) {
    mkdirSync(join(root, '.cache', shared), { recursive: true });
    symlinkSync(join(root, '.cache', shared), join(folder, '.cache', cache));
  }
}

async function run(
  cwd: string,
  args: readonly string[],
  running: Set<ChildProcess>,
): Promise<{ output: string; code: number }> {
  // What this process was given for its own tests is not for theirs.
  const { SEED: _seed, SEEDS: _seeds, VITEST: _vitest, ...inherited } = process.env;
  const env = { ...inherited, ...compileCacheOf(cwd), NO_COLOR: '1' };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => parts.push(part));
  return await new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      running.delete(child);
      done({ output: Buffer.concat(parts).toString(), code: code ?? 1 });
    });
  });
}
