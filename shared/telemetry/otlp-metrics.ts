import type { MetricReading } from './metrics.ts';
import type { DataPointType as Kinds, MetricData, MetricProducer } from '@opentelemetry/sdk-metrics';

type Time = [number, number];

/** Seconds and nanoseconds. */
export const timeOf = (ms: number): Time => [Math.trunc(ms / 1_000), Math.trunc((ms % 1_000) * 1e6)];

const UNITS: Readonly<Record<string, string>> = { bytes: 'By' };

/**
 * Our metrics as OpenTelemetry takes them: read from the same store as the page, so that there is one truth.
 * A value that is no number a collector can add up, such as "no limit", is left out.
 */
export function metricProducer(
  read: () => Promise<readonly MetricReading[]>,
  { kinds, cumulative, startedAt }: { kinds: typeof Kinds; cumulative: number; startedAt: number },
): MetricProducer {
  const startTime = timeOf(startedAt);
  const dataOf = ({ name, declared, series }: MetricReading, endTime: Time): MetricData => {
    const { kind, help, unit = '1', buckets = [] } = declared;
    const descriptor = { name, description: help, unit: UNITS[unit] ?? unit, valueType: 1 };
    const common = { descriptor, aggregationTemporality: cumulative };
    const finite = series.filter(({ value }) => Number.isFinite(value));
    const at = { startTime, endTime };
    if (kind === 'histogram')
      return {
        ...common,
        dataPointType: kinds.HISTOGRAM,
        dataPoints: finite.map(({ attributes, value, count, counts }) => ({
          ...at,
          attributes,
          value: { sum: value, count, buckets: { boundaries: [...buckets], counts: [...counts] } },
        })),
      };
    const dataPoints = finite.map(({ attributes, value }) => ({ ...at, attributes, value }));
    if (kind === 'gauge') return { ...common, dataPointType: kinds.GAUGE, dataPoints };
    return { ...common, dataPointType: kinds.SUM, isMonotonic: true, dataPoints };
  };
  return {
    collect: async () => {
      const readings = await read();
      const endTime = timeOf(Date.now());
      const metrics = readings.map((one) => dataOf(one, endTime)).filter((one) => one.dataPoints.length > 0);
      const scopeMetrics = metrics.length === 0 ? [] : [{ scope: { name: 'refrain' }, metrics }];
      return { resourceMetrics: { resource: {} as never, scopeMetrics }, errors: [] };
    },
  };
}
