import { expect, test } from 'vitest';
import { fieldChanges, isSame } from './fields.ts';

test.each([
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  [{ a: { b: [1] } }, { a: { b: [1] } }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { a: 1 }, false],
  ['1', 1, false],
])('%j and %j are the same JSON: %s', (one, other, same) => {
  expect(isSame(one, other)).toBe(same);
});

test('each field that differs is named by its path, with what it was and what it became', () => {
  const before = { status: 'charging', captures: {}, lines: [{ sku: 'a', quantity: 1 }], gone: 1, same: [1] };
  const after = {
    status: 'captured',
    captures: { pi_1: { refund: 'none' } },
    lines: [{ sku: 'a', quantity: 2 }, { sku: 'b' }],
    same: [1],
  };
  expect(fieldChanges(before, after)).toEqual([
    { path: 'status', before: 'charging', after: 'captured' },
    { path: 'captures.pi_1', after: { refund: 'none' } },
    { path: 'lines[0].quantity', before: 1, after: 2 },
    { path: 'lines[1]', after: { sku: 'b' } },
    { path: 'gone', before: 1 },
  ]);
});

test('a name that is no word is quoted, and a value that is no object is its own field', () => {
  expect(fieldChanges({ 'a.b': 1 }, { 'a.b': 2 })).toEqual([{ path: '"a.b"', before: 1, after: 2 }]);
  expect(fieldChanges(1, 2)).toEqual([{ path: '', before: 1, after: 2 }]);
  expect(fieldChanges({ a: 1 }, { a: 1 })).toEqual([]);
});
