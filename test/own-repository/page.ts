import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../tidy/tree.ts';

const block = /^<!-- (?:from|file): (\S+) -->\n```\w+\n([\s\S]*?)^```$/gm;

const ours = join(root, 'docs', 'own-repository.md');

/** The files that the page shows whole, by their names, as somebody would copy them. */
export function filesOfPage(page = ours): Map<string, string> {
  const text = readFileSync(page, 'utf8');
  return new Map([...text.matchAll(block)].map(([, path = '', code = '']) => [basename(path), code]));
}

/** How the page has its reader begin a package: the arguments of npm, line by line. */
export const npmLinesOfPage = (page = ours): string[][] =>
  [...readFileSync(page, 'utf8').matchAll(/^npm ((?:init|pkg) .*)$/gm)].map(([, line = '']) =>
    line.split(' '),
  );
