import { posix } from 'node:path';
import type { TreeFile } from '../tidy/tree.ts';
import { prose } from './pages.ts';

const link = /\[[^\]]*\]\(([^)\s]+)\)/g;
const inCode = /`([^`\n]+)`/g;
const aPath = /^(?:services|shared|infra|scripts|test|docs|\.ci)\/[\w./-]*$/;

/** The anchor that a heading has: lower case, without punctuation, `-` for each space. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchorsOf = (text: string): string[] =>
  [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** A link leads to a file of the tree, and to a heading of it where it names one. */
export function badLinks(
  { path, text }: TreeFile,
  paths: ReadonlySet<string>,
  textOf: (path: string) => string | undefined,
): string[] {
  return [...prose(text).matchAll(link)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const to = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file)).replace(/\/$/, '');
    if (!paths.has(to)) return [`${path} links to ${target}, which is not there`];
    if (anchor === undefined || anchorsOf(textOf(to) ?? '').includes(anchor)) return [];
    return [`${path} links to ${target}: ${to} has no such heading`];
  });
}

/** A path in the text is one of the tree. What holds `<name>`, `*` or `…` is a pattern, not a path. */
export const badPaths = ({ path, text }: TreeFile, paths: ReadonlySet<string>): string[] =>
  [...prose(text).matchAll(inCode)].flatMap(([, code = '']) =>
    !aPath.test(code) || paths.has(code.replace(/\/$/, ''))
      ? []
      : [`${path} names ${code}, which is not there`],
  );
