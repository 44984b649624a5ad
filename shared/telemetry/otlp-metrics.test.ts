import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { metricProducer, timeOf } from './otlp-metrics.ts';

const catalogue = {
  toys_total: { kind: 'counter', help: 'Toys', attributes: ['kind'] },
  toys_limit: { kind: 'gauge', help: 'Most toys', attributes: [] },
  toys_seconds: { kind: 'histogram', help: 'Play', unit: 's', attributes: [], buckets: [1, 5] },
  toys_bytes: { kind: 'gauge', help: 'Room', unit: 'bytes', attributes: [] },
} as const;

const kinds = { HISTOGRAM: 0, EXPONENTIAL_HISTOGRAM: 1, GAUGE: 2, SUM: 3 } as const;

async function collected(fill: (metrics: ReturnType<typeof create>) => void) {
  const metrics = create();
  fill(metrics);
  const about = { kinds: kinds as never, cumulative: 1, startedAt: 1_500.25 };
  const producer = metricProducer(async () => metrics.read(), about);
  const { resourceMetrics } = await producer.collect();
  return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
}
const create = () => createMetrics(catalogue, { service: 'toys' });

test('a collector is told what the page tells, by name, kind, unit and attributes', async () => {
  const [total, seconds, bytes] = await collected((metrics) => {
    metrics.add('toys_total', 2, { kind: 'car' });
    for (const value of [0.5, 3, 4, 7]) metrics.record('toys_seconds', value);
    metrics.set('toys_bytes', 12);
  });
  expect(total).toMatchObject({
    descriptor: { name: 'toys_total', description: 'Toys', unit: '1' },
    dataPointType: kinds.SUM,
    aggregationTemporality: 1,
    isMonotonic: true,
    dataPoints: [{ value: 2, attributes: { kind: 'car' }, startTime: [1, 500_250_000] }],
  });
  const buckets = { boundaries: [1, 5], counts: [1, 2, 1] };
  expect(seconds).toMatchObject({
    descriptor: { unit: 's' },
    dataPoints: [{ value: { sum: 14.5, count: 4, buckets } }],
  });
  expect(bytes).toMatchObject({ descriptor: { unit: 'By' }, dataPoints: [{ value: 12 }] });
});

test('what is no number to add up, and what was never measured, is left out', async () => {
  expect(await collected((metrics) => metrics.set('toys_limit', Infinity))).toEqual([]);
});

test('a time is told in seconds and nanoseconds, of which there are never a thousand million', () => {
  expect(timeOf(1_999.999_999_9)).toEqual([1, 999_999_999]);
});
