import type { Protocol } from './start.ts';

const traces = {
  'http/protobuf': () => import('@opentelemetry/exporter-trace-otlp-proto'),
  'http/json': () => import('@opentelemetry/exporter-trace-otlp-http'),
  grpc: () => import('@opentelemetry/exporter-trace-otlp-grpc'),
} as const;

const metrics = {
  'http/protobuf': () => import('@opentelemetry/exporter-metrics-otlp-proto'),
  'http/json': () => import('@opentelemetry/exporter-metrics-otlp-http'),
  grpc: () => import('@opentelemetry/exporter-metrics-otlp-grpc'),
} as const;

// Endpoint, headers, timeout, certificates: each reads them from its own variables.
export const traceExporter = async (protocol: Protocol) => new (await traces[protocol]()).OTLPTraceExporter();
export const metricExporter = async (protocol: Protocol) =>
  new (await metrics[protocol]()).OTLPMetricExporter();
