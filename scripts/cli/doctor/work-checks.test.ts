import { payments } from '@refrain/contract-payments';
import type { LetterOnRecord, Operation } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { letterFindings, type OpenWork, workFindings, workNotes } from './work-checks.ts';

const now = 10_000_000;
const intent = {
  id: 'i',
  type: 'ChargeRequested',
  version: 1,
  cause: 'event:x',
  reaction: 'r',
  correlation: 'c',
  data: {},
};

function work(more: Partial<Operation>, asksOn = true): OpenWork {
  const operation: Operation = {
    id: 'op1',
    effect: 'charge',
    status: 'open',
    intent,
    at: now - 1_000,
    n: 0,
    counted: 0,
    progress: {},
    ...more,
  };
  return { service: 'payments', entity: 'charge/o1', operation, asksOn };
}

const checksOf = (...list: OpenWork[]): string[] =>
  workFindings(list, payments.$contract, { now, held: false }).map(
    ({ check, found }) => `${check}: ${found}`,
  );
const failed = (dueAt: number): Operation['last'] => ({
  n: 1,
  round: 0,
  step: 'confirm',
  failure: 'provider_error',
  class: 'transient',
  happened: 'unknown',
  replayed: false,
  at: dueAt - 5_000,
  dueAt,
});

test('work that is under way, parked or held has no finding', () => {
  expect(checksOf(work({}))).toEqual([]);
  expect(checksOf(work({ n: 1, last: failed(now + 60_000), at: 0 }))).toEqual([]);
  expect(checksOf(work({ n: 1, last: failed(now - 20_000), at: 0 }))).toEqual([]);
  const held = { n: 2, until: now - 90_000 };
  expect(checksOf(work({ n: 1, last: failed(now - 100_000), held, at: 0 }))).toEqual([]);
});

test('on a platform that calls nobody yet, what is due waits on purpose', () => {
  const late = work({ n: 1, last: failed(now - 169_000), at: 0 });
  expect(checksOf(late)).toHaveLength(1);
  expect(workFindings([late], payments.$contract, { now, held: true })).toEqual([]);
});

test('an operation that should have gone on long ago lost its alarm', () => {
  expect(checksOf(work({ n: 1, last: failed(now - 169_000), at: 0 }))).toEqual([
    'operations: it should have gone on 3 min ago',
  ]);
  expect(checksOf(work({ at: now - 120_000 }))).toEqual([]); // it may only wait its turn
  expect(checksOf(work({ at: now - 600_000 }))).toEqual(['operations: it should have gone on 10 min ago']);
});

test('an outcome that nobody can be asked about waits for a person; one that can is told, and is no finding', () => {
  const unknown = { status: 'waiting', waitingSince: now - 5_000 } as const;
  expect(checksOf(work(unknown, false))).toEqual([
    'operations: its outcome is unknown, and nobody can be asked but a person',
  ]);
  expect(checksOf(work(unknown))).toEqual([]);
  expect(workNotes([work(unknown), work(unknown, false), work({})], now).map(({ found }) => found)).toEqual([
    'it was given up 5 s ago, its outcome is unknown',
  ]);
});

test('a compensation that waits or has a defect is stuck, whoever can be asked', () => {
  const refund = { effect: 'refund', status: 'waiting', waitingSince: now } as const;
  const defect = { ...refund, status: 'defect' } as const;
  expect(checksOf(work(refund), work(defect), work({ effect: 'refund' }))).toEqual([
    'compensations: it was given up, its outcome is unknown',
    'compensations: it ran into a defect',
  ]);
});

test('a defect of another operation waits for a person', () => {
  expect(checksOf(work({ status: 'defect' }))).toEqual([
    'operations: it ran into a defect of ours and is not tried again',
  ]);
});

test('a dead letter of a cause is told; that of an operation is the operation’s', () => {
  const letter: LetterOnRecord = {
    id: 'l1',
    cause: 'event:e1',
    reaction: 'request the charge',
    error: 'no such thing',
    correlation: 'c',
    at: now - 3_000,
  };
  const about = { service: 'payments', entity: 'charge/o1' };
  const found = letterFindings(
    [
      { ...about, letter },
      { ...about, letter: { ...letter, operation: 'op' } },
    ],
    now,
  );
  expect(found.map((one) => [one.about, one.found])).toEqual([
    ['payments charge/o1, request the charge', 'no such thing, 3 s ago'],
  ]);
});
