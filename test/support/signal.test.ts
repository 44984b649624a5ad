import { expect, test } from 'vitest';
import { pidOf } from './signal.ts';

test('a process that is not there has no pid, least of all that of everybody', () => {
  expect(() => pidOf(undefined)).toThrow('no process to signal');
  expect(() => pidOf({ pid: 0 })).toThrow('no process to signal');
  expect(() => pidOf({ pid: -1 })).toThrow('no process to signal');
  expect(pidOf({ pid: 4711 })).toBe(4711);
});
