export { createLogger, type Fields, type LineCounts, type Logger } from './logger.ts';
export { createMetrics, METRICS_TYPE } from './metrics.ts';
export { type MetricFamily, readMetricsPage } from './metrics-page.ts';
export { startTelemetry, type Telemetry } from './start.ts';
export { otelTracing, type TraceSpan } from './tracing.ts';
