import type { TreeFile } from './tree.ts';

/** What a visitor sees first. A plan, a note or a build product has no place among it. */
const topLevel = new Set([
  '.ci',
  '.env.example',
  '.github',
  '.gitattributes',
  '.gitignore',
  '.npmrc',
  '.oxlintrc.json',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'biome.json',
  'contracts.lock.json',
  'docs',
  'infra',
  'knip.ts',
  'nx.json',
  'package-lock.json',
  'package.json',
  'scripts',
  'services',
  'shared',
  'test',
  'tsconfig.base.json',
  'tsconfig.json',
  'vitest.config.ts',
]);

const readmeLinesMax = 15;

export function unknownAtTheTop({ path }: TreeFile): string[] {
  const [first = ''] = path.split('/');
  return topLevel.has(first) ? [] : [`${path}: ${first} is not known at the top of the repository`];
}

/** Each shared folder opens with its purpose, the one type to know, and its invariant. */
export function sharedReadmes(files: readonly TreeFile[]): string[] {
  const folders = new Set(files.flatMap(({ path }) => /^shared\/[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [...folders].flatMap((folder) => {
    const readme = files.find(({ path }) => path === `${folder}/README.md`);
    if (!readme) return [`${folder}/README.md is missing`];
    const lines = readme.text.trimEnd().split('\n').length;
    return lines > readmeLinesMax
      ? [`${folder}/README.md has ${lines} lines; at most ${readmeLinesMax}`]
      : [];
  });
}
