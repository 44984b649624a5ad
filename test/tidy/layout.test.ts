import { expect, test } from 'vitest';
import { sharedReadmes, unknownAtTheTop } from './layout.ts';
import { treeFiles } from './tree.ts';

const file = (path: string, text = ''): { path: string; text: string } => ({ path, text });

test('a plan at the top is found, a known file and what lies in a known folder is not', () => {
  expect(unknownAtTheTop(file('PLAN.md'))).toHaveLength(1);
  expect(unknownAtTheTop(file('notes/today.txt'))).toHaveLength(1);
  expect(unknownAtTheTop(file('README.md'))).toEqual([]);
  expect(unknownAtTheTop(file('shared/retry/plan.ts'))).toEqual([]);
});

test('a shared folder without a README, or with a long one, is found', () => {
  expect(sharedReadmes([file('shared/retry/mod.ts')])).toEqual(['shared/retry/README.md is missing']);
  const long = file('shared/retry/README.md', 'line\n'.repeat(16));
  expect(sharedReadmes([file('shared/retry/mod.ts'), long])).toEqual([
    'shared/retry/README.md has 16 lines; at most 15',
  ]);
  expect(sharedReadmes([file('shared/retry/README.md', '# Retry\n')])).toEqual([]);
});

test('the top of the tree holds what is known', () => {
  expect(treeFiles().flatMap(unknownAtTheTop)).toEqual([]);
});

test('every shared folder has its README', () => {
  expect(sharedReadmes(treeFiles())).toEqual([]);
});
