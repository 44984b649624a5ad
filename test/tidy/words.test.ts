import { expect, test } from 'vitest';
import { treeFiles } from './tree.ts';
import { bannedWords, vagueFileName } from './words.ts';

const inCode = (text: string): string[] => bannedWords({ path: 'shared/runtime/x.ts', text });
const inProse = (text: string): string[] => bannedWords({ path: 'README.md', text });

test.each([
  'class OrderSaga {}',
  'const charge_task = 1;',
  'toDLQ(message)',
  'let aggregates: string[];',
  'jobId',
  'waitsForHumans()',
])('code may not say %s', (text) => {
  expect(inCode(text)).toHaveLength(1);
});

test.each([
  'queueMicrotask(next)',
  'new AggregateError(all)',
  'multitasking',
  "'joborder'",
  'constructor() {}',
])('code may say %s', (text) => {
  expect(inCode(text)).toEqual([]);
});

test('prose may use plain English, but not the other name of a flow', () => {
  expect(inProse('It does its job.')).toEqual([]);
  expect(inProse('A saga of four services.')).toEqual(['README.md:1 says saga; our word is flow']);
});

test('a file of the ratchet may say it as often as it did, and no oftener', () => {
  const path = 'shared/runtime/x.ts';
  expect(bannedWords({ path, text: 'saga' }, { [path]: 1 })).toEqual([]);
  expect(bannedWords({ path, text: 'saga\nsaga' }, { [path]: 1 })).toHaveLength(2);
});

test('a finding names our word', () => {
  expect(inCode('aggregate')).toEqual(['shared/runtime/x.ts:1 says aggregate; our word is entity']);
});

test.each([
  'shared/runtime/utils.ts',
  'shared/helpers/x.ts',
  'services/orders/order.util.ts',
  'shared/common/mod.ts',
])('no file is called %s', (path) => {
  expect(vagueFileName({ path, text: '' })).toHaveLength(1);
});

test('the tree uses our words', () => {
  expect(treeFiles().flatMap((file) => bannedWords(file))).toEqual([]);
});

test('the tree has no vague file names', () => {
  expect(treeFiles().flatMap(vagueFileName)).toEqual([]);
});
