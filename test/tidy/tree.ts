import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A file as a rule sees it: where it lies (from the root, with `/`) and what stands in it. */
export interface TreeFile {
  path: string;
  text: string;
}

export const root = resolve(import.meta.dirname, '../..');

let read: readonly TreeFile[] | undefined;

/**
 * Every file git tracks or would track, so that a rule holds before the commit as well. Read once for all
 * tests of a worker.
 */
export const treeFiles = (): readonly TreeFile[] => (read ??= readTree());

function readTree(): readonly TreeFile[] {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = execFileSync('git', listing, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(paths.split('\0'))]
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: isText(path) ? readFileSync(join(root, path), 'utf8') : '' }));
}

export const isSource = (path: string): boolean => /\.(ts|tsx|mts|mjs)$/.test(path);

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

const isText = (path: string): boolean => !/\.(png|jpg|gif|ico|woff2?|db)$/.test(path);

/**
 * The code without its comments, line by line where it was: a comment may name what the code must not use. A
 * comment is looked for outside of plain strings and templates; a regular expression that holds a quote is
 * not understood.
 */
export function withoutComments(text: string): string {
  const token = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replaceAll(token, (found) =>
    found.startsWith('//') || found.startsWith('/*') ? found.replaceAll(/[^\n]/g, ' ') : found,
  );
}

/** `path:line what` for every place where the pattern stands; a finding opens in an editor. */
export function findings(file: TreeFile, pattern: RegExp, what: (found: string) => string): string[] {
  return file.text
    .split('\n')
    .flatMap((line, i) =>
      [...line.matchAll(pattern)].map((match) => `${file.path}:${i + 1} ${what(match[0].trim())}`),
    );
}
