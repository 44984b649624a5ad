import { expect, test } from 'vitest';
import { type Diagnosis, type Finding } from './findings.ts';
import { linesOf } from './lines.ts';

const finding = (n: number): Finding => ({
  check: 'clocks',
  about: `machine ${n}`,
  found: 'its clock is 2 s behind the broker’s',
  means: 'waits are counted wrongly',
  todo: 'set it',
});
const healthy: Diagnosis = { healthy: true, findings: [], notes: [], unasked: [] };
const rowOf = (lines: readonly string[], check: string) =>
  lines
    .find((line) => line.includes(`  ${check}  `))
    ?.trim()
    .split(/ {2,}/);

test('a check without a finding is what it promises, one with a finding does not promise it', () => {
  expect(rowOf(linesOf(healthy), 'clocks')).toEqual(['ok', 'clocks', 'clocks agree with the broker’s']);
  const lines = linesOf({ ...healthy, healthy: false, findings: [finding(1)] });
  expect(rowOf(lines, 'clocks')).toEqual(['1 found', 'clocks', 'see below']);
  expect(rowOf(lines, 'faults')).toEqual(['ok', 'faults', 'no sandbox misbehaves on demand']);
  expect(lines).toContain('machine 1: its clock is 2 s behind the broker’s');
  expect(lines.at(-1)).toBe('1 found');
});

test('of one check ten findings are shown, and how many more there are', () => {
  const findings = Array.from({ length: 12 }, (_, n) => finding(n));
  const lines = linesOf({ ...healthy, healthy: false, findings });
  expect(lines.filter((line) => line.startsWith('machine '))).toHaveLength(10);
  expect(lines).toContain('and 2 more: --json lists them');
});

test('notes and what could not be asked are told, and nothing was found all the same', () => {
  const unasked = [{ what: 'psp', why: 'it is stopped' }];
  const lines = linesOf({ ...healthy, notes: [finding(1)], unasked });
  expect(lines).toContain('note: machine 1: its clock is 2 s behind the broker’s');
  expect(lines).toContain('  to do: set it');
  expect(lines).toContain('  psp: it is stopped');
  expect(lines.at(-1)).toBe('nothing found');
});
