import { expect, test } from 'vitest';
import { dataOf, isPlain, PART_CHARS, partsOf, readManifest } from './snapshot.ts';

test.each([
  [{ a: [1, 'x', null, true, { b: -1.5 }] }, true],
  [Object.assign(Object.create(null) as object, { a: 1 }), true],
  [{ a: undefined }, false],
  [{ at: new Date(0) }, false],
  [new Map([['a', 1]]), false],
  [[Number.NaN], false],
  [{ a: -0 }, false],
  [{ big: 1n }, false],
])('%o comes back from JSON as it was: %s', (value, plain) => {
  expect(isPlain(value)).toBe(plain);
});

test('what is said to come back does', () => {
  const value = { a: [1, 'x', null, true, { b: -1.5 }] };
  expect(JSON.parse(JSON.stringify(value))).toEqual(value);
});

test('a large one comes back from its parts, one that lost or changed a part does not', () => {
  const data = { text: 'é😀'.repeat(PART_CHARS) }; // a part ends between the halves of a character
  const { parts, digest } = partsOf(data) as NonNullable<ReturnType<typeof partsOf>>;
  expect(parts.length).toBeGreaterThan(2);
  expect(dataOf(parts, digest)).toEqual(data);
  expect(dataOf(parts.slice(1), digest)).toBeUndefined();
  expect(dataOf([...parts.slice(0, -1), `${parts.at(-1)} `], digest)).toBeUndefined();
});

test('what is too large is not kept', () => {
  expect(partsOf('x'.repeat(PART_CHARS), 1)).toBeUndefined(); // with its quotes
});

test.each(['', 'null', '{}', '{"v":2,"parts":1}', '{"v":1,"parts":100000}'])(
  'a manifest that says %s is none',
  (text) => {
    expect(readManifest(text)).toBeUndefined();
  },
);
