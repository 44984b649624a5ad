import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@refrain/errors';
import { expect, test } from 'vitest';
import { badEntries, errorDocs, neverThrown } from './error-docs.ts';
import { root, treeFiles } from './tree.ts';

const entry = { message: 'It was not done.', solve: 'Do it again.' };

test('a code without its heading, a heading without its code and one that stands twice are found', () => {
  expect(errorDocs({ RF_A: entry }, '# Errors\n')).toEqual(['docs/errors.md lacks ## rf_a']);
  expect(errorDocs({ RF_A: entry }, '## rf_a\n\n## rf_b\n')).toHaveLength(1);
  expect(errorDocs({ RF_A: entry }, '## rf_a\n\n## rf_a\n')).toHaveLength(1);
  expect(errorDocs({ RF_A: entry }, '## rf_a\n')).toEqual([]);
});

test('an entry of another form, or that does not help, is found', () => {
  expect(badEntries({ E404: entry })).toHaveLength(1);
  expect(badEntries({ RF_A: { ...entry, solve: '' } })).toHaveLength(1);
  expect(badEntries({ RF_A: entry })).toEqual([]);
});

test('every error of the catalogue says what to do', () => {
  expect(badEntries(catalogue)).toEqual([]);
});

test('docs/errors.md explains every error, and no other', () => {
  const page = join(root, 'docs/errors.md');
  expect(errorDocs(catalogue, existsSync(page) ? readFileSync(page, 'utf8') : '')).toEqual([]);
});

test('a code that nothing throws is found, whatever tests and comments say', () => {
  const files = [
    { path: 'shared/a.ts', text: "throw new RefrainError(\n  'RF_A', {});\n// new RefrainError('RF_B')" },
    { path: 'shared/a.test.ts', text: "new RefrainError('RF_B', {})" },
  ];
  expect(neverThrown({ RF_A: entry, RF_B: entry }, files)).toEqual(['RF_B is thrown nowhere']);
});

test('every error of the catalogue is thrown somewhere', () => {
  expect(neverThrown(catalogue, treeFiles())).toEqual([]);
});
