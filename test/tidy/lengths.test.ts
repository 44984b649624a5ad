import { expect, test } from 'vitest';
import { longFile, longLines } from './lengths.ts';
import { treeFiles } from './tree.ts';

const line = (characters: number): string => `a(${'b'.repeat(characters - 3)})`;

test('a line over 110 characters is found, one of 110 is not', () => {
  expect(longLines({ path: 'x.ts', text: `${line(110)}\n${line(111)}` })).toEqual([
    'x.ts:2 has 111 characters; at most 110',
  ]);
});

test('a string alone on its line may be longer', () => {
  expect(longLines({ path: 'x.ts', text: `  message: '${line(120)}',` })).toEqual([]);
  expect(longLines({ path: 'x.tsx', text: `  text="${line(120)}"` })).toEqual([]);
  expect(longLines({ path: 'x.tsx', text: `  text="${line(120)}" size={4}` })).toHaveLength(1);
});

test('a file over 300 lines is found, unless the ratchet allows its length', () => {
  const file = { path: 'x.ts', text: 'a;\n'.repeat(301) };
  expect(longFile(file)).toHaveLength(1);
  expect(longFile(file, { 'x.ts': 301 })).toEqual([]);
});

test('the tree has no long lines', () => {
  expect(treeFiles().flatMap(longLines)).toEqual([]);
});

test('the tree has no long files', () => {
  expect(treeFiles().flatMap((file) => longFile(file))).toEqual([]);
});
