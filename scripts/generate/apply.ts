import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { findServices } from '../cli/supervisor/found-services.ts';
import { portOffsets } from '../cli/supervisor/ports.ts';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { root } from '../cli/paths.ts';
import { messageOf } from '@refrain/errors';
import { exit, UsageError } from '../cli/errors.ts';
import type { Surroundings } from './names.ts';
import type { NewVersion, PlannedVersion } from './new-version.ts';
import type { Change } from './templates.ts';

/** This checkout, as what is new has to fit into it. */
export const surroundings = (): Surroundings => ({
  contracts: shopDefinitions().map(({ contract }) => contract.$contract),
  ports: [...Object.values(portOffsets), ...findServices().flatMap(({ port }) => port ?? [])],
  folders: readdirSync(join(root, 'services')),
  lock: readFileSync(join(root, 'package-lock.json'), 'utf8'),
});

const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

/**
 * Code as the project formats it, all at once.
 * @throws when one is no TypeScript: a defect of a template. UsageError where nothing can be formatted here.
 */
export async function format(changes: readonly Change[]): Promise<Change[]> {
  const code = changes.filter(({ path }) => path.endsWith('.ts'));
  if (code.length === 0) return [...changes];
  if (!existsSync(biome))
    throw new UsageError(
      `refrain new: ${biome} is not there. Nothing was written. \`npm install\` brings it.`,
    );
  const beside = folderBeside();
  try {
    write(code, beside);
    // Outside of the checkout there is no git to ask what it ignores.
    const how = ['format', '--write', '--vcs-enabled=false', `--config-path=${join(root, 'biome.json')}`];
    await promisify(execFile)(process.execPath, [biome, ...how, '.'], { cwd: beside });
    return changes.map(({ path, text }) => ({ path, text: textOf(join(beside, path)) ?? text }));
  } catch (error) {
    if (isEndedByUser(error)) throw new UsageError(`${ENDED}. Nothing was written.`);
    const said = (error as { stderr?: string }).stderr || messageOf(error);
    const [, at, why] = /^(\S+) parse [^×]*× (.+)$/m.exec(said) ?? [];
    const problem = at === undefined ? said : `${at}: ${why}`;
    throw new Error(`biome could not format ${problem}`, { cause: error });
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

const ENDED = 'refrain new: it was ended by Ctrl-C';

/** Whether a process that was waited for ended because of Ctrl-C, which reaches it as well. */
const isEndedByUser = (error: unknown): boolean => (error as { signal?: unknown }).signal === 'SIGINT';

function folderBeside(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'refrain-new-'));
  } catch (error) {
    throw new UsageError(
      `refrain new: no folder can be made in ${tmpdir()}: ${messageOf(error)}. Nothing was written. Name another one in TMPDIR.`,
    );
  }
}

/**
 * Formats, writes and links what was planned, and has written what follows from it, with why; all of it or
 * nothing. Gives the paths of what changed.
 * @throws UsageError where a file cannot be written, or one of those that follow is not as it should be.
 */
export async function apply(planned: readonly Change[], why: string): Promise<string[]> {
  const lock = read('package-lock.json') ?? '';
  const accepted = read('contracts.lock.json');
  const changes = await format(planned);
  let undo = (): void => {};
  try {
    // As it is, so that it is put back with the others.
    const kept = accepted === undefined ? [] : [{ path: 'contracts.lock.json', text: accepted }];
    undo = write([...changes, ...kept]);
    link(changes, lock);
    return [...changes.map(({ path }) => path), ...(await follow(why))];
  } catch (error) {
    undo();
    unlink(changes, lock);
    throw refusalOf(error);
  }
}

/** What went wrong, in the words of the process that said it. */
function refusalOf(error: unknown): Error {
  const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
  const isEnded = isEndedByUser(error);
  const said = isEnded ? ENDED : stderr.trim() || messageOf(error).trim();
  const text = `${said.replace(/\.$/, '')}. What \`refrain new\` wrote was taken back.`;
  // What that process refused, and what the file system does not let us do, is no defect of ours.
  const isRefused = isEnded || code === exit.usage || typeof code === 'string';
  return isRefused ? new UsageError(text) : new Error(text, { cause: error });
}

/**
 * Writes the next version of an event, and lets another process, which reads the contract as it is then,
 * write its sample and what follows from it. Where that cannot be done, the contract is as it was before. An
 * upcast that is still to be written leaves it at the contract. Gives the paths of what changed.
 * @throws UsageError where the upcast is of no use.
 */
export async function applyVersion(
  { changes, finishes, version }: PlannedVersion,
  { service, type, upcast }: NewVersion,
): Promise<string[]> {
  const paths = changes.map(({ path }) => path);
  if (finishes) return await apply(changes, `${type} has version ${version}`);
  let formatted: readonly Change[];
  try {
    formatted = await format(changes);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `refrain new version: this makes no TypeScript: ${firstLine(error)}. Nothing was written.`,
    );
  }
  const undo = write(formatted);
  if (upcast === undefined) return paths;
  const again = ['scripts/refrain.mjs', 'new', 'version', service, type, '--json'];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, again, { cwd: root });
    return [...paths, ...(JSON.parse(stdout) as { written: string[] }).written];
  } catch (error) {
    undo();
    if (isEndedByUser(error)) throw refusalOf(error);
    throw new UsageError((error as { stderr?: string }).stderr?.trim() || firstLine(error));
  }
}

const firstLine = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';

/** The text of a file of this checkout, by its path from the root. */
export const read = (path: string): string | undefined => textOf(join(root, path));

/**
 * Writes what follows from the contracts as they are now: pages, and the lock of what was promised, with why.
 * Another process does, since this one has read them as they were. Gives the paths of what changed.
 */
export async function follow(reason: string): Promise<string[]> {
  const node = promisify(execFile);
  const accept = ['scripts/refrain.mjs', 'contracts', 'accept', '--json', '--reason', reason];
  const { accepted } = JSON.parse((await node(process.execPath, accept, { cwd: root })).stdout) as {
    accepted: readonly string[];
  };
  const { stdout } = await node(process.execPath, ['scripts/docs/pages.ts'], { cwd: root });
  const pages = stdout.split('\n').filter((path) => path !== '');
  return [...pages, ...(accepted.length > 0 ? ['contracts.lock.json'] : [])];
}

/**
 * Writes all of them or none: where one cannot be written, those before it are as they were. Gives what makes
 * them so later on.
 */
export function write(changes: readonly Change[], folder = root): () => void {
  const before = new Map<string, string | undefined>();
  const made: string[] = [];
  const undo = (): void => {
    for (const [file, text] of before)
      if (text === undefined) rmSync(file, { force: true });
      else if (textOf(file) !== text) writeFileSync(file, text); // one that cannot be written is as it was
    for (const file of before.keys()) rmSync(`${file}.next`, { force: true });
    for (const one of made.toReversed()) rmSync(one, { recursive: true, force: true });
  };
  try {
    for (const { path, text } of changes) {
      const file = join(folder, path);
      const first = mkdirSync(dirname(file), { recursive: true });
      if (first !== undefined) made.push(first);
      before.set(file, textOf(file));
      writeFileSync(`${file}.next`, text);
      renameSync(`${file}.next`, file);
    }
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

const textOf = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

const stampOf = (lock: string): string =>
  createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');

/**
 * What `npm install` would do for packages that lie in this workspace: a link to each, without the network.
 * Where the packages were those of the lock before, they are those of the lock now, and the next start
 * installs nothing.
 */
export function link(changes: readonly Change[], lockBefore: string, folder = root): void {
  for (const { path, text } of changes) {
    if (!path.endsWith('/package.json')) continue;
    const { name } = JSON.parse(text) as { name: string };
    const at = join(folder, 'node_modules', name);
    mkdirSync(dirname(at), { recursive: true });
    if (lstatSync(at, { throwIfNoEntry: false })) rmSync(at);
    symlinkSync(relative(dirname(at), join(folder, dirname(path))), at, 'junction');
  }
  const stamp = join(folder, 'node_modules', '.refrain');
  const lock = changes.find(({ path }) => path === 'package-lock.json');
  if (lock && textOf(stamp) === stampOf(lockBefore)) writeFileSync(stamp, stampOf(lock.text));
}

/** Takes links back whose packages are not there any more, and what was said of the lock. */
function unlink(changes: readonly Change[], lockBefore: string): void {
  for (const { path, text } of changes) {
    if (!path.endsWith('/package.json') || existsSync(join(root, path))) continue;
    rmSync(join(root, 'node_modules', (JSON.parse(text) as { name: string }).name), { force: true });
  }
  const lock = changes.find(({ path }) => path === 'package-lock.json');
  if (lock) link([{ path: lock.path, text: lockBefore }], lock.text);
}
