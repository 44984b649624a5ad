import { noTracing, type Tracing } from '@refrain/contract-kit';
import type { SpanCounts } from './counted-exporter.ts';
import type { Logger } from './logger.ts';
import type { MetricReading } from './metrics.ts';
import type { Sampler } from './sampling.ts';

/** How OTLP is spoken: OTEL_EXPORTER_OTLP_PROTOCOL. */
export type Protocol = 'http/protobuf' | 'http/json' | 'grpc';

/** What the `OTEL_` variables ask for; what else they say is read by OpenTelemetry itself. */
export interface TelemetrySettings {
  /** `undefined`: no traces. */
  readonly traces: Protocol | undefined;
  /** `undefined`: no metrics but the page. */
  readonly metrics: Protocol | undefined;
  readonly sampler: Sampler;
  /** The share of traces that are told, 0 to 1. */
  readonly share: number;
  /** Most spans that wait for the collector; further ones are dropped and counted. */
  readonly queueMax: number;
  /** Most spans that are sent together. */
  readonly batchMax: number;
  /** Longest time that a span waits for others, in milliseconds. */
  readonly everyMs: number;
  /** Time between two sendings of metrics, in milliseconds. */
  readonly metricsEveryMs: number;
}

/** Where a process sends its traces and metrics. */
export interface Telemetry {
  readonly tracing: Tracing;
  readonly spanCounts: () => SpanCounts;
  /** Has metrics sent, read anew each time. */
  readonly tellMetrics: (read: () => Promise<readonly MetricReading[]>) => void;
  /** Sends what is left, for two seconds at most. Never throws. */
  stop(): Promise<void>;
}

/** Who sends, what, and where it says that it cannot. */
export interface TelemetryOptions {
  readonly service: string;
  readonly instance: string;
  readonly settings: TelemetrySettings;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

const off: Telemetry = {
  tracing: noTracing,
  spanCounts: () => ({ sent: 0, thinned: 0, dropped: 0, failed: 0 }),
  tellMetrics: () => {},
  stop: async () => {},
};

/**
 * Starts OpenTelemetry where a collector is named. Without one nothing is loaded: trace ids still run through
 * messages and logs, since they come from the flow's id.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { traces, metrics } = options.settings;
  if (!traces && !metrics) return off;
  const { startOpenTelemetry } = await import('./open-telemetry.ts');
  return await startOpenTelemetry(options, off);
}
