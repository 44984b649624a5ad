import type { CallKind } from '@refrain/governor';
import { expect, it } from 'vitest';
import { heldOf } from './effect-log.ts';

const intent = { id: 'i', type: 'Asked', version: 1, cause: 'c', reaction: 'r', correlation: 'f', data: {} };
const recording = { platformId: 'p', effect: { name: 'call' }, operationId: 'op', n: 1, trace: '' };
const hold = { go: false, hold: 'budget', word: 'open', epoch: 1, reason: 'x', forMs: 1_000 } as const;

/** What is recorded of a hold of attempt 1 on the entity as it stands there by then. */
function recordedOn(n: number, heldN?: number, kind: CallKind = 'first', again?: boolean): number {
  const held = heldN === undefined ? {} : { held: { n: heldN, until: 1, again } };
  const operation = { id: 'op', effect: 'call', status: 'open', intent, at: 0, n, counted: n, progress: {} };
  const entity = {
    entity: { service: 's', entityType: 't', entityId: 'a' },
    kind: { contract: { effects: {} } },
    operations: new Map([['op', { ...operation, ...held }]]),
    recordedFor: () => 0,
    intentsOf: () => 0,
  };
  return heldOf(recording as never, hold, { until: 5, kind })(entity as never)?.length ?? 0;
}

it('a hold is recorded once for an attempt that is still to be made', () => {
  expect(recordedOn(0)).toBe(1);
});

// Two instances at it would record "held 1", "held 2", "held 1" … under two ids.
it.each([
  ['the attempt is over', 1, undefined],
  ['it was held before', 0, 1],
  ['a later hold has followed', 0, 2],
])('no hold is recorded where %s', (_, n, held) => {
  expect(recordedOn(n, held)).toBe(0);
});

it('a hold of a first attempt that may have been made is recorded beside the one that did not know, once', () => {
  expect(recordedOn(0, 1, 'retry')).toBe(1);
  expect(recordedOn(0, 1, 'retry', true)).toBe(0);
});
