import { expect, test } from 'vitest';
import type { FailedOperation, Incident } from './incident.ts';
import { whatIf } from './what-if.ts';
import { linesOf } from './what-if-lines.ts';

const rule = { attempts: 8, firstDelayMs: 200, maxDelayMs: 30_000 };

/** Fails from its first call on until the provider heals, and is answered then. */
const operationOf = (operationId: string, at: number, healedAt: number): FailedOperation => ({
  operationId,
  effect: 'charge',
  flow: `order-of-${operationId}`,
  entity: `charge/${operationId}`,
  rule,
  calls: [{ at, failure: 'down', isOutage: false }],
  end: 'answered',
  endAt: healedAt,
});

const healedAt = 5_000;
const incidentOf = (...operations: FailedOperation[]): Incident => ({
  operations,
  calls: new Map([
    ['charge', [{ at: 0, failure: 'down', isOutage: false }, { at: healedAt }, { at: 60_000 }]],
  ]),
  leftOut: new Map(),
  held: 0,
});
const slow = operationOf('slow', 0, healedAt);
const quick = operationOf('quick', healedAt - 1, healedAt);

const cellsOf = (incident: Incident, asked: object, name: string): string[] => {
  const line = linesOf('payments', whatIf(incident, asked)).find((text) => text.includes(name));
  return (line ?? '').trim().split(/ {2,}/).slice(1);
};

test('a rule under which nobody is answered is not told as one under which all are answered earlier', () => {
  const times = cellsOf(incidentOf(slow), { attempts: 2 }, 'of those answered: after, median');
  expect(times).toEqual(['5.0 s', expect.stringMatching(/ s$/), '-', '-']);
  expect(cellsOf(incidentOf(slow), { attempts: 2 }, 'longest').slice(2)).toEqual(['-', '-']);
});

test('giving up those that wait long makes nothing earlier', () => {
  const longest = cellsOf(incidentOf(slow, quick), { attempts: 2 }, 'of those answered: after, longest');
  expect(longest.at(-1)).toBe('the same, of 1 answered by both');
});

test('where both rules answer the same ones, their times are compared as they are', () => {
  const longest = cellsOf(incidentOf(slow, quick), { firstDelayMs: 6_000 }, 'longest');
  expect(longest.at(-1)).toMatch(/^\d+\.\d s later$/);
});
