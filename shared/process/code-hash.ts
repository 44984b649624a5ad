import { createHash, type Hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

interface Package {
  readonly folder: string;
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What is no code of a service: its tests, what they need, and the packages of others. */
const isSource = (file: string): boolean =>
  /\.(?:ts|js|mjs|json)$/.test(file) && !/\.(?:test|fixture|fake)\.ts$/.test(file);
const skipped = new Set(['node_modules', 'samples']);

/**
 * The hash of the code that makes a service's states: every source file of the package that `folder` lies in
 * and of all packages of this checkout that it depends on, and name and version of all other dependencies. A
 * change of any of them changes it; the same files in another folder do not.
 * `undefined` outside of a package.
 */
export function codeHashOf(folder: string): string | undefined {
  const root = packageAt(folder);
  if (!root) return undefined;
  const hash = createHash('sha256');
  const seen = new Set<string>();
  const queue = [root];
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (seen.has(next.folder)) continue;
    seen.add(next.folder);
    hash.update(`${next.name ?? ''} ${next.version ?? ''}\n`);
    if (next.folder.includes(`${sep}node_modules${sep}`)) continue; // as it was published
    addSources(hash, next.folder, '');
    for (const name of Object.keys(next.dependencies ?? {}).sort()) {
      const dependency = packageAt(installed(next.folder, name));
      if (dependency) queue.push(dependency);
    }
  }
  return hash.digest('hex').slice(0, 32);
}

function addSources(hash: Hash, folder: string, path: string): void {
  const entries = readdirSync(join(folder, path), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = join(path, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) addSources(hash, folder, file);
    else if (entry.isFile() && isSource(entry.name))
      hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  }
}

/** The nearest package at or above a folder. */
function packageAt(folder: string | undefined): Package | undefined {
  for (let at = folder; at !== undefined; at = parentOf(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file))
      return { ...(JSON.parse(readFileSync(file, 'utf8')) as object), folder: realpathSync(at) };
  }
  return undefined;
}

/** Where a dependency of a package lies, as Node looks for it. */
function installed(folder: string, name: string): string | undefined {
  for (let at: string | undefined = folder; at !== undefined; at = parentOf(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(found)) return found;
  }
  return undefined;
}

function parentOf(folder: string): string | undefined {
  const parent = dirname(folder);
  return parent === folder ? undefined : parent;
}
