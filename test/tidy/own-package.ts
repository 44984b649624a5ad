import { dirname, posix } from 'node:path';
import { isSource, isTest, type TreeFile } from './tree.ts';

const relative = /(?:\bfrom|\bimport\(?)\s*'(\.{1,2}\/[^']*)'/g;
/** What tests may take from outside their package by its path: it is no package, since only tests use it. */
const testSupport = /^test\/support\//;
/** Folders whose files belong together although one of them is a package or holds packages. */
const free = /^(test|scripts)\//;
/** What both sandboxes are made of is no package, since nothing else may use it. */
const sandboxes = /^infra\/sandbox\//;

function packageOf(path: string, packages: readonly string[]): string {
  const holding = packages.filter((folder) => path.startsWith(`${folder}/`));
  return holding.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

/**
 * A relative import stays in its package: across packages a name says what is used, and package.json says
 * that it is.
 */
export function leavesItsPackage(file: TreeFile, packages: readonly string[]): string[] {
  if (!isSource(file.path) || free.test(file.path)) return [];
  const own = packageOf(file.path, packages);
  return [...file.text.matchAll(relative)].flatMap(([, target = '']) => {
    const path = posix.normalize(posix.join(dirname(file.path), target));
    const theirs = packageOf(path, packages);
    const shared = theirs === '' && sandboxes.test(file.path) && sandboxes.test(path);
    if (theirs === own || shared || (isTest(file.path) && testSupport.test(path))) return [];
    return [`${file.path} imports ${target}, which lies in another package; import that by its name`];
  });
}
