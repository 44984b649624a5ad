export { createLogger, type Fields, type LineCounts, type Logger } from './logger.ts';
export { createMetrics, type MetricReading, METRICS_TYPE } from './metrics.ts';
export { samplingOf } from './sampling.ts';
export type { ToldSpan } from './told-span.ts';
export { createTracing } from './tracing.ts';
export { newSpanId, preciseClock } from './clock.ts';
export type { SpanCounts } from './counted-exporter.ts';
export { type MetricFamily, readMetricsPage } from './metrics-page.ts';
export { startTelemetry, type Telemetry, type TelemetrySettings } from './start.ts';
