import { expect, test } from 'vitest';
import config from '../../vitest.config.ts';
import { misplacedTests, shopsOfTheirOwn, type TestPlace } from './test-places.ts';
import { treeFiles } from './tree.ts';

const projects = (config.test?.projects ?? []) as readonly { test: TestPlace }[];
const places = projects.map((project) => project.test);

test('a test that no project takes and one that two take are found', () => {
  const all = { name: 'all', include: ['**/*.test.ts'], exclude: ['old/**'] };
  const some = { name: 'some', include: ['**/*.slow.test.ts'], exclude: [] };
  expect(misplacedTests(['old/a.test.ts'], [all, some])).toEqual([
    'old/a.test.ts belongs to no project of vitest.config.ts',
  ]);
  expect(misplacedTests(['a/b.slow.test.ts'], [all, some])).toEqual([
    'a/b.slow.test.ts belongs to all and some',
  ]);
  expect(misplacedTests(['a/b.test.ts'], [all, some])).toEqual([]);
});

test('a suffix chooses one project', () => {
  const paths = [
    'a.test.ts',
    'a/b.jetstream.test.ts',
    'test/a.shop.test.ts',
    'test/chaos/a.chaos.test.ts',
    'a.load.test.ts',
    'a.alone.test.ts',
  ];
  expect(misplacedTests(paths, places)).toEqual([]);
});

test('every test of the tree is run by one project', () => {
  const tests = treeFiles().filter(({ path }) => /\.(test|spec)\.[cm]?tsx?$/.test(path));
  const paths = tests.map(({ path }) => path);
  expect(misplacedTests(paths, places)).toEqual([]);
});

test('a test of the running shop that starts another one is found', () => {
  const shared = { path: 'test/shop/a.shop.test.ts', text: "const shop = attachShop(inject('shop'));" };
  const own = { path: 'test/shop/b.shop.test.ts', text: 'const shop = await startShopWith({});' };
  const both = { path: 'test/shop/c.shop.test.ts', text: `${shared.text} ${own.text}` };
  expect(shopsOfTheirOwn([shared, own, both, { ...own, path: 'test/d.chaos.test.ts' }])).toHaveLength(2);
  expect(shopsOfTheirOwn(treeFiles())).toEqual([]);
});
