import { expect, test } from 'vitest';
import { badLinks, badPaths } from './addresses.ts';
import { pages, treePaths } from './pages.ts';

const paths = new Set(['docs', 'docs/a.md', 'docs/b.md', 'README.md', 'test/x.test.ts']);
const textOf = (): string => '# B\n\n## What waits, and why\n';
const links = (text: string): string[] => badLinks({ path: 'docs/a.md', text }, paths, textOf);
const named = (text: string): string[] => badPaths({ path: 'docs/a.md', text }, paths);

test('a link to a file, a folder, a heading or another site is fine', () => {
  expect(
    links(
      '[b](b.md) [b](./b.md#what-waits-and-why) [r](../README.md) [d](../docs/) [n](https://example.com)',
    ),
  ).toEqual([]);
});

test('a link to what is not there, and to a heading that is not there, is found', () => {
  expect(links('[c](c.md)')).toEqual(['docs/a.md links to c.md, which is not there']);
  expect(links('[b](b.md#nothing)')).toHaveLength(1);
});

test('a path that is not there is found, a pattern and what is no path is not', () => {
  expect(named('`test/y.test.ts`')).toEqual(['docs/a.md names test/y.test.ts, which is not there']);
  expect(named('`test/x.test.ts` `docs/` `services/<name>/x.ts` `nats/store` `npm test`')).toEqual([]);
});

test('every link and every path of the pages leads somewhere', () => {
  const tree = treePaths();
  const all = pages();
  const texts = new Map(all.map(({ path, text }) => [path, text]));
  const found = all.flatMap((file) => [
    ...badLinks(file, tree, (path) => texts.get(path)),
    ...badPaths(file, tree),
  ]);
  expect(found).toEqual([]);
});
