import { expect, test } from 'vitest';
import { longFunctions } from './functions.ts';
import { treeFiles } from './tree.ts';

const body = (lines: number): string => '  a();\n'.repeat(lines - 2);
const found = (text: string): string[] => longFunctions({ path: 'x.ts', text });

test.each([
  ['a function', `export function tell(): void {\n${body(61)}}\n`],
  ['an arrow', `const tell = async (a: number) => {\n${body(61)}};\n`],
  [
    'one with its parameters on lines of their own',
    `async function tell(\n  a: number,\n): Promise<void> {\n${body(61)}}\n`,
  ],
])('%s over 60 lines is found under its name', (_, text) => {
  expect(found(text)).toEqual(['x.ts: tell has 61 lines; at most 60. Split it by what it does']);
});

test('a method is found, one of 60 lines, a class, a table and a loop are not', () => {
  const method = (lines: number) =>
    `class A {\n  #tell(a: number): void {\n${body(lines).replaceAll('  a', '    a')}  }\n}\n`;
  expect(found(method(61))).toEqual(['x.ts: #tell has 61 lines; at most 60. Split it by what it does']);
  expect(found(method(60))).toEqual([]);
  expect(found(`const table = {\n${body(90)}};\n`)).toEqual([]);
  expect(found(`for (const a of b) {\n${body(90)}}\n`)).toEqual([]);
});

test('one of the ratchet may be as long as it was', () => {
  const file = { path: 'x.ts', text: `function tell(): void {\n${body(70)}}\n` };
  expect(longFunctions(file, { 'x.ts tell': 70 })).toEqual([]);
  expect(longFunctions(file, { 'x.ts tell': 69 })).toHaveLength(1);
});

test('the tree has no function that grew over 60 lines', () => {
  expect(treeFiles().flatMap((file) => longFunctions(file))).toEqual([]);
});
