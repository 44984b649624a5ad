import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../tidy/tree.ts';

const block = /^<!-- (?:from|file): (\S+) -->\n```\w+\n([\s\S]*?)^```$/gm;

/** The files that the page shows whole, by their names, as somebody would copy them. */
export function filesOfPage(page = join(root, 'docs', 'own-repository.md')): Map<string, string> {
  const text = readFileSync(page, 'utf8');
  return new Map([...text.matchAll(block)].map(([, path = '', code = '']) => [basename(path), code]));
}
