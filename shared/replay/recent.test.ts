import { expect, test } from 'vitest';
import { Recent } from './recent.ts';

test('what was asked for lately stays, what was not is gone, and there are never more than the bound', () => {
  const recent = new Recent<number>(4);
  for (let i = 1; i <= 4; i++) recent.set(String(i), i);
  expect(recent.get('1')).toBe(1); // asked for: it counts as new, and what is left of the oldest half goes
  recent.set('5', 5);
  expect(['1', '2', '3', '4', '5'].map((name) => recent.get(name))).toEqual([1, undefined, 3, undefined, 5]);
  recent.set('5', 6);
  expect(recent.get('5')).toBe(6);
});
