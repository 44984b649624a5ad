import { messageOf } from '@refrain/errors';
import type { Logger } from './logger.ts';
import { otelTracing, type TraceSpan } from './tracing.ts';
import type { Fields } from './logger.ts';

/** Where a process sends its traces. */
export interface Telemetry {
  readonly tracing: { start(name: string, parent: string, attributes: Fields): TraceSpan };
  /** Sends what is left. Never throws: a collector that is away must not hold up a stop. */
  stop(): Promise<void>;
}

const off: Telemetry = {
  tracing: { start: (_, parent) => ({ traceparent: parent, end: () => {} }) },
  stop: async () => {},
};

/**
 * Starts OpenTelemetry when `endpoint` (OTEL_EXPORTER_OTLP_ENDPOINT) names a collector. Without one nothing
 * is loaded: trace ids still run through messages and logs, since they come from the flow's id.
 */
export async function startTelemetry(options: {
  service: string;
  endpoint?: string | undefined;
  logger: Logger;
}): Promise<Telemetry> {
  if (!options.endpoint) return off;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { trace } = await import('@opentelemetry/api');
  const sdk = new NodeSDK({
    serviceName: options.service,
    logRecordProcessors: [],
    metricReaders: [],
    instrumentations: [],
  });
  sdk.start();
  return {
    tracing: otelTracing(trace.getTracer('refrain')),
    stop: async () => {
      await sdk
        .shutdown()
        .catch((error: unknown) =>
          options.logger.warn({ error: messageOf(error) }, 'traces were not delivered'),
        );
    },
  };
}
