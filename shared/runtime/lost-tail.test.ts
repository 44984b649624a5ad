import { keyed, transient, unsafe } from '@refrain/contract-kit';
import { describe, expect, test } from 'vitest';
import { isInDoubt, keyUsedFrom, lostSince, type Recovery, rewoundFloor, spanOf } from './lost-tail.ts';
import type { Operation } from './operations.ts';

const recovery: Recovery = { id: 'boot-2', phase: 'rewound', since: 1_000, at: 5_000, ends: {} };

describe('where a durable is rewound to', () => {
  const present = { floor: 90, lastSequence: 100 };

  test('the last floor that was noted before the tail may be missing', () => {
    const notes = [
      { floor: 10, at: 400 },
      { floor: 40, at: 1_000 },
      { floor: 70, at: 1_001 },
    ];
    expect(rewoundFloor(notes, 1_000, present)).toBe(40);
    expect(rewoundFloor(notes.toReversed(), 1_000, present)).toBe(40);
  });

  test('the beginning, where nothing was noted early enough', () => {
    expect(rewoundFloor([], 1_000, present)).toBe(0);
    expect(rewoundFloor([{ floor: 70, at: 1_001 }], 1_000, present)).toBe(0);
  });

  test('never above the present floor, nor above the end of its stream', () => {
    const notes = [{ floor: 95, at: 10 }];
    expect(rewoundFloor(notes, 1_000, present)).toBe(90);
    expect(rewoundFloor(notes, 1_000, { floor: 99, lastSequence: 80 })).toBe(80);
  });

  test('two sync intervals before the last sign of life', () => {
    expect(lostSince(500_000, 120_000)).toBe(260_000);
  });
});

const operation: Operation = {
  id: 'op',
  effect: 'send',
  status: 'open',
  intent: { id: 'e', type: 'Asked', version: 1, cause: 'c', reaction: 'r', correlation: 'f', data: {} },
  at: 900,
  n: 0,
  counted: 0,
  progress: {},
};

describe('an unsafe operation without outcome', () => {
  test('is in doubt when its flow began before the recovery, whenever its intent was stored', () => {
    expect(isInDoubt(operation, recovery, 4_999)).toBe(true);
    expect(isInDoubt({ ...operation, at: 9_000 }, recovery, 4_999)).toBe(true);
    expect(isInDoubt({ ...operation, at: 9_000 }, recovery, 5_000)).toBe(false);
  });

  test('is no longer in doubt once a person has given a verdict, and is again after the next cut', () => {
    const answered = (at: number) => ({ ...operation, verdict: { happened: false, n: 0, at } });
    expect(isInDoubt(answered(6_000), recovery, 100)).toBe(false);
    expect(isInDoubt(answered(4_000), recovery, 100)).toBe(true);
    expect(isInDoubt(answered(6_000), { ...recovery, at: 7_000 }, 100)).toBe(true);
  });

  test('stays in doubt when a person only wants it now: two letters came of that', () => {
    expect(isInDoubt({ ...operation, hurried: true, hurriedAt: 6_000 }, recovery, 100)).toBe(true);
  });

  test('waits already, or has ended: nothing is to be parked', () => {
    for (const status of ['waiting', 'closed', 'defect'] as const)
      expect(isInDoubt({ ...operation, status }, recovery, 100)).toBe(false);
  });
});

describe('the horizon of a key', () => {
  test('counts from the intent, unless that may be the second one', () => {
    expect(keyUsedFrom({ at: 900 }, recovery, 800)).toBe(900);
    expect(keyUsedFrom({ at: 9_000 }, recovery, 8_000)).toBe(9_000);
    expect(keyUsedFrom({ at: 9_000 }, recovery, 4_000)).toBe(1_000);
  });
});

test('a provider is asked from when the tail may be missing to when a call of before can act no more', () => {
  const rule = {
    after: 'Asked',
    dependency: 'world',
    steps: ['call'],
    timeoutMs: 300,
    repeat: keyed({ horizonMs: 60_000, lookup: { visibleWithinMs: 20 } }),
    retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
    failures: { broken: transient({ happened: 'unknown', givingUp: 'Lost' }) },
  };
  expect(spanOf(recovery, rule)).toEqual({ from: 1_000, to: 5_300, askableAt: 5_320 });
  expect(spanOf(recovery, { ...rule, repeat: unsafe() })).toMatchObject({ askableAt: 5_300 });
});
