import { expect, test } from 'vitest';
import { privateNames } from './private-names.ts';
import { treeFiles } from './tree.ts';

const inFile = (text: string, path = 'docs/x.md'): string[] => privateNames({ path, text });
/** Put together here, so that this file does not hold what it forbids. */
const join = (...parts: readonly string[]): string => parts.join('');

test.each([
  join('see /wo', 'rk/main/x'),
  join('"/ho', 'me/ada/x"'),
  join('as ../sha', 'red/DES', 'IGN.md says'),
  join('as FAC', 'TS-jetstream says'),
  join('fixes iss', 'ue #12'),
  join('from https://regi', 'stry.example.org/x'),
])('%s is found', (text) => {
  expect(inFile(text).length).toBeGreaterThan(0);
});

test('a lock file with the address of a registry is found', () => {
  const text = join('"resol', 'ved": "https://packages.example.org/zod.tgz"');
  expect(inFile(text, 'package-lock.json')).toHaveLength(1);
  expect(inFile('"resolved": "shared/retry"', 'package-lock.json')).toEqual([]);
});

test('an address on this machine and a path of the repository are fine', () => {
  const path = join('shared/runtime/wo', 'rk/x.ts');
  expect(inFile(`http://127.0.0.1:4010/orders ${path} docs/errors.md#rf_config`)).toEqual([]);
});

test('the tree names nothing private', () => {
  expect(treeFiles().flatMap(privateNames)).toEqual([]);
});
