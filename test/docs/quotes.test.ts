import { expect, test } from 'vitest';
import { pages, sources } from './pages.ts';
import { badQuotes } from './quotes.ts';

const made = new Map([['a.ts', 'const x = {\n  one: 1,\n\n  two: 2,\n};\n']]);
const page = (code: string, from = 'a.ts'): string[] =>
  badQuotes({ path: 'README.md', text: `<!-- from: ${from} -->\n\`\`\`ts\n${code}\`\`\`\n` }, made);

test('code that stands in its file is fine, also when it is shown further to the left', () => {
  expect(page('  one: 1,\n\n  two: 2,\n')).toEqual([]);
  expect(page('one: 1,\n\ntwo: 2,\n')).toEqual([]);
});

test('code that reads otherwise, a file that is not there and a block without its file are found', () => {
  expect(page('one: 2,\n')).toEqual(['README.md: "one: 2," … does not stand so in a.ts']);
  expect(page('ne: 1,\n')).toHaveLength(1);
  expect(page('one: 1,\n', 'b.ts')).toEqual(['README.md quotes b.ts, which is not there']);
  expect(badQuotes({ path: 'README.md', text: '```ts\nlet x;\n```\n' }, made)).toHaveLength(1);
});

test('all code that the pages show stands in the file they name', () => {
  const files = sources();
  const found = pages().flatMap((file) => badQuotes(file, files));
  expect(found).toEqual([]);
});
