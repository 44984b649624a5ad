import { expect, test } from 'vitest';
import { isWithin, readPosition, withZone } from './log-position.ts';

test.each([
  [undefined, { kind: 'end' }],
  ['1', { kind: 'sequence', seq: 1 }],
  ['42', { kind: 'sequence', seq: 42 }],
  ['2030-01-31T12:00:00Z', { kind: 'time', at: Date.UTC(2030, 0, 31, 12) }],
  ['2030-01-31T12:00:00.250+01:00', { kind: 'time', at: Date.UTC(2030, 0, 31, 11, 0, 0, 250) }],
  ['2030-01-31T12:00', { kind: 'time', at: Date.UTC(2030, 0, 31, 12) }],
  ['2030-01-31', { kind: 'time', at: Date.UTC(2030, 0, 31) }],
])('reads %s', (typed, position) => {
  expect(readPosition(typed)).toEqual(position);
});

// Where the machine's zone is UTC, nothing else shows it.
test.each([
  ['2030-01-31T12:00', '2030-01-31T12:00Z'],
  ['2030-01-31T12:00:00+01:00', '2030-01-31T12:00:00+01:00'],
  ['2030-01-31', '2030-01-31'],
])('%s without a zone is in UTC', (typed, taken) => {
  expect(withZone(typed)).toBe(taken);
});

test.each([
  '0',
  '-1',
  '1.5',
  '1e3',
  'yesterday',
  '2030-13-01',
  '2030-02-30',
  '2030-02-30T12:00Z',
  '2030-01-31 12:00',
  '99999999999999999999',
])('refuses %s', (typed) => {
  expect(() => readPosition(typed)).toThrow(`found "${typed}"`);
});

test('a position holds itself and what came before', () => {
  const commit = { seq: 7, at: 1_000 };
  expect(isWithin({ kind: 'end' }, commit)).toBe(true);
  for (const [seq, within] of [
    [6, false],
    [7, true],
    [8, true],
  ] as const)
    expect(isWithin({ kind: 'sequence', seq }, commit)).toBe(within);
  for (const [at, within] of [
    [999, false],
    [1_000, true],
    [1_001, true],
  ] as const)
    expect(isWithin({ kind: 'time', at }, commit)).toBe(within);
});
