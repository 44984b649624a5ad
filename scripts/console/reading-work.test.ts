import { auditReport as auditSchema, RESULT_ITEMS_MAX } from '@refrain/console/api';
import { expect, test } from 'vitest';
import type { Audit } from '../audit/mod.ts';
import { maskerOf } from './masking.ts';
import { auditReport, replayReport } from './reading-work.ts';

const many = <T>(item: T): T[] => Array.from({ length: RESULT_ITEMS_MAX + 5 }, () => item);

test('of a long audit the first findings are told, and how many there are', () => {
  const found: Audit = {
    checked: { orders: 1, events: 2, operations: 3 },
    invariants: {},
    violations: many({ invariant: 'i', where: 'w', found: 'f' }),
    unchecked: [],
    waiting: many({ where: 'w', orderId: 'o', reason: 'r' }),
    unsettled: [],
  };
  const report = auditReport(found);
  expect(report.violations).toHaveLength(RESULT_ITEMS_MAX);
  expect(report.counts).toEqual({ violations: 205, unchecked: 0, waiting: 205, unsettled: 0 });
  expect(auditSchema.parse(report)).toEqual(report);
});

test('of a long replay the first differences are told, without what is personal', () => {
  const event = { type: 'OrderPlaced', version: 1, data: { customer: { email: 'ada@example.org' } } };
  const difference = {
    entity: 'order/o',
    seq: 1,
    at: 1,
    cause: 'c',
    reaction: 'r',
    correlation: 'o',
    recorded: [event],
    decided: [event],
  };
  const none = { fact: 0, 'not on record': 0, 'cause not found': 0 };
  const counts = { commits: 1, events: 1, heard: 0, same: 0, different: 205, mended: 0 };
  const found = { service: 'orders', ...counts, notDecided: none, differences: many(difference) };
  const report = replayReport({ ...found, seconds: 1, commitsPerSecond: 1 }, maskerOf(['customer.email']));
  expect(report.differences).toHaveLength(RESULT_ITEMS_MAX);
  expect(JSON.stringify(report)).not.toContain('ada@');
});
