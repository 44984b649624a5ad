import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileCacheOf, root } from '../../scripts/cli/paths.ts';
import { mutants } from './mutant.ts';
import { copyTree, type Tree } from './tree.ts';

const planted = mutants();
let tree: Tree;
beforeAll(() => {
  tree = copyTree();
});
afterAll(() => tree.remove());

test('there are at least two dozen bugs to plant, and each says what it does wrong', () => {
  expect(planted.length).toBeGreaterThanOrEqual(24);
  expect(planted.filter(({ about }) => !/^[A-Z].{20,}\.$/.test(about))).toEqual([]);
});

test.each(planted)('$name applies to the tree as it is', ({ patch }) => {
  expect(tree.problemOf(patch)).toBeUndefined();
});

test('a patch of something that is not there does not', () => {
  expect(tree.problemOf(`${import.meta.dirname}/stale.fixture.txt`)).toMatch(/patch/);
});

test('each patch says what it changes', () => {
  const known = mutants().find(({ name }) => name === 'ack-before-append');
  expect(known?.files).toEqual(['shared/runtime/reactor.ts']);
  expect(planted.filter(({ files }) => files.length === 0)).toEqual([]);
});

test('what a copy compiles is not what this tree runs: its stack traces would name a folder that is gone', () => {
  const cacheOf = (checkout: string): string => compileCacheOf(checkout)['NODE_COMPILE_CACHE'] ?? '';
  expect(realpathSync(cacheOf(tree.folder))).toBe(join(root, '.cache', 'v8-copies'));
  expect(cacheOf(root)).toBe(join(root, '.cache', 'v8'));
});
