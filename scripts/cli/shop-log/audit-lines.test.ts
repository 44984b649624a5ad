import { expect, test } from 'vitest';
import { linesOf } from './audit-lines.ts';

const audit = (unsettled: number) => ({
  checked: { orders: 2, unrecordedCalls: 0 },
  invariants: { 'an order ends one way': 0, 'an event id is unique': 3 },
  violations: [],
  unchecked: [],
  waiting: [],
  unsettled: Array.from({ length: unsettled }, () => ({ orderId: 'x', status: 'placed', placedAt: 'then' })),
});

test.each([
  [0, 'nothing to check'],
  [1, 'not checked: 1 order is not settled'],
  [2, 'not checked: 2 orders are not settled'],
])('with %s unsettled orders, a promise that was not checked says why', (unsettled, why) => {
  const lines = linesOf(audit(unsettled));
  expect(lines[0]).toBe('audited 2 orders, 0 unrecorded calls');
  expect(lines[1]).toBe(`  -      an order ends one way  ${why}`);
  expect(lines[2]).toBe('  holds  an event id is unique  3 times');
});

test('a promise that was checked in part says what was not looked at', () => {
  const unchecked = [{ invariant: 'an event id is unique', where: 'psp', why: 'not checked before then' }];
  const lines = linesOf({ ...audit(0), unchecked });
  expect(lines[2]).toBe('  holds  an event id is unique  3 times; psp: not checked before then');
});

test('many violations of one promise do not hide the one of another', () => {
  const of = (invariant: string, where: string) => ({ invariant, where, found: 'something' });
  const many = Array.from({ length: 30 }, (_, i) => of('an event id is unique', `at ${i}`));
  const lines = linesOf({ ...audit(0), violations: [...many, of('an order ends one way', 'order x')] });
  expect(lines).toContainEqual(expect.stringContaining('order x'));
  expect(lines).toContain('  and 11 more: --json lists them');
});
