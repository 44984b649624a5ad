import { readMetricsPage } from '@refrain/telemetry';
import { expect, test } from 'vitest';
import { matters, serviceSeen } from './service-seen.ts';

const page = (lines: Record<string, number>) => {
  const families = Map.groupBy(Object.entries(lines), ([series]) => series.replace(/\{.*/, ''));
  const text = [...families].map(
    ([name, series]) =>
      `# HELP ${name} x\n# TYPE ${name} gauge\n${series.map(([of, value]) => `${of} ${value}\n`).join('')}`,
  );
  return readMetricsPage(text.join(''));
};
const one = {
  refrain_ready: 1,
  'refrain_operations{effect="charge",status="open"}': 3,
  'refrain_operations{effect="refund",status="open"}': 1,
  'refrain_operations{effect="charge",status="waiting"}': 2,
  'refrain_consumer_lag{source="orders",work="reactions"}': 4,
  'refrain_consumer_lag{source="orders",work="deadlines"}': 90,
  refrain_stream_commits: 500,
  refrain_oldest_overdue_seconds: 1.5,
  'refrain_matters_open{matter="refund"}': 2,
  'refrain_oldest_matter_seconds{matter="refund"}': 12,
  'refrain_matters_money_minor{matter="refund",currency="EUR"}': 450,
};

test('instances tell of one and the same work, which is counted once; each counts as ready for itself', () => {
  const other = { ...one, 'refrain_operations{effect="charge",status="open"}': 5, refrain_ready: 0 };
  expect(serviceSeen('payments', [page(one), page(other)])).toEqual({
    service: 'payments',
    instances: 2,
    ready: 1,
    commits: 500,
    lag: 4,
    open: 6,
    waiting: 2,
    defect: 0,
    deadLetters: 0,
    oldestOverdueMs: 1_500,
  });
});

test('what the business waits for comes with its age and its worth', () => {
  expect(matters('payments', [page(one)])).toEqual([
    {
      service: 'payments',
      matter: 'refund',
      open: 2,
      oldestMs: 12_000,
      money: [{ minor: 450, currency: 'EUR' }],
    },
  ]);
  expect(matters('payments', [new Map()])).toEqual([]);
});
