import { isSource, treeFiles, type TreeFile } from '../tidy/tree.ts';

/** What people read: every page at the root and below docs/. */
export const pages = (): TreeFile[] =>
  treeFiles().filter(({ path }) => /^(?:docs\/.*|[A-Z]+)\.md$/.test(path));

/** Every path of the tree, files and folders. */
export function treePaths(): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of treeFiles())
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) paths.add(path.slice(0, at));
  return paths;
}

export const sources = (): ReadonlyMap<string, string> =>
  new Map(treeFiles().flatMap(({ path, text }) => (isSource(path) ? [[path, text] as const] : [])));

/** The text without its fenced blocks, line by line where it was. */
export const prose = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ''));
