import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** A file of the built page, in memory: nothing of a request reaches the disk. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Its name bears a hash of what is in it, so it may be kept for ever. */
  readonly isLasting: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Every file below a folder, by its path from there, with `/`. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'))
    .sort();

/** The built page, by path: `/index.html`. */
export function readPage(folder: string): ReadonlyMap<string, PageFile> {
  return new Map(
    filesIn(folder).map((path) => [
      `/${path}`,
      {
        type: types[extname(path)] ?? 'application/octet-stream',
        body: readFileSync(join(folder, path)),
        isLasting: path.startsWith('assets/'),
      },
    ]),
  );
}

/** A hash over the names and the contents of the page's sources, and over what pins its packages. */
export function hashOfSources(folder: string, pins: string): string {
  const hash = createHash('sha256').update(readFileSync(pins));
  for (const path of filesIn(folder)) {
    if (path.startsWith('node_modules/') || /\.test\.tsx?$/.test(path)) continue;
    hash.update(`\0${path}\0`).update(readFileSync(join(folder, path)));
  }
  return hash.digest('hex').slice(0, 16);
}
