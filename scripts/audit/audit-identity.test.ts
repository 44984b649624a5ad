import { eventIdOf, operationIdOf } from '@refrain/contract-kit';
import type { Commit, RecordedEvent } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { brokenIn } from './audit.fixture.ts';
import { auditShop } from './mod.ts';

const EVENT = 'an event is named by what led to it';
const OPERATION = 'an operation is named by what it does';
const named = { platformId: 'here', service: 'payments', entityType: 'charge', entityId: 'one' };

interface Told {
  readonly type: string;
  readonly cause?: string;
  readonly index?: number;
  readonly operation?: string;
  readonly data?: unknown;
}

/** The charge of an order as its stream has it, one commit after the other. */
function audited(...commits: readonly (readonly Told[])[]) {
  const stream = commits.map((told, i): Commit => {
    const events = told.map(({ type, cause = `request:${i}`, index = 0, data = {}, operation }) => ({
      id: eventIdOf({ ...named, cause, reaction: 'decide', type, index }),
      type,
      version: 1,
      cause,
      reaction: 'decide',
      correlation: 'one',
      data,
      ...(operation !== undefined && { operation }),
    })) satisfies RecordedEvent[];
    const types = events.map(({ type }) => `${type}.1`);
    const at = { seq: i + 1, id: `c${i}`, at: i, types, bytes: 0 };
    return { entity: named, ...at, body: () => ({ events }) };
  });
  return auditShop({ platformId: 'here', streams: { payments: stream } });
}

const refund = (ordinal: number): Told => ({
  type: 'RefundRequested',
  index: ordinal,
  operation: operationIdOf({ ...named, effect: 'refund', ordinal }),
});

test('the ids of what was decided follow from its cause and from what is done', () => {
  const audit = audited([refund(0), refund(1)], [{ type: 'RefundIssued' }]);
  expect(brokenIn(audit)).toEqual([]);
  expect(audit.invariants).toMatchObject({ [EVENT]: 3, [OPERATION]: 2 });
});

test('an event under another id is found', () => {
  expect(brokenIn(audited([{ type: 'ChargeUnwanted', index: 1 }]))).toEqual([EVENT]);
});

test('what was recorded before its effect was there bears no operation, and is told; later it is a mistake', () => {
  const none = { type: 'RefundRequested' };
  const audit = audited([none], [none], [refund(0)]);
  expect(brokenIn(audit)).toEqual([]);
  expect(audit.unchecked).toMatchObject([{ invariant: OPERATION, where: 'payments RefundRequested' }]);
  expect(audit.unchecked[0]?.why).toMatch(/^2 without an operation/);
  expect(brokenIn(audited([refund(0)], [none]))).toEqual([OPERATION]);
});

test('an operation that is named by the reason for it is found', () => {
  const why = operationIdOf({ ...named, effect: 'refund because of request:0', ordinal: 0 });
  expect(brokenIn(audited([{ ...refund(0), operation: why }]))).toEqual([OPERATION]);
  // The second of one charge is not the first again.
  expect(brokenIn(audited([refund(0)], [{ ...refund(0), cause: 'request:x' }]))).toEqual([OPERATION]);
});

test('what may be recorded again for one cause has the next index', () => {
  const data = { cause: 'c', reaction: 'decide', error: 'a bug' };
  const defect = { type: 'refrain.Defect', cause: 'c', data };
  expect(brokenIn(audited([defect], [{ ...defect, index: 1 }]))).toEqual([]);
  expect(brokenIn(audited([defect], [defect]))).toContain(EVENT);
});
