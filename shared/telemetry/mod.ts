export { createLogger, type Fields, type Logger } from './logger.ts';
export { startTelemetry, type Telemetry } from './start.ts';
export { otelTracing, parseTraceparent, type TraceSpan } from './tracing.ts';
