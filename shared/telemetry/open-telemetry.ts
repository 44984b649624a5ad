import { context, metrics as metricsApi, SamplingDecision, trace } from '@opentelemetry/api';
import {
  defaultResource,
  envDetector,
  hostDetector,
  processDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { messageOf } from '@refrain/errors';
import { newSpanId, preciseClock } from './clock.ts';
import { type SpanCounts, spanGate, toldExporter } from './counted-exporter.ts';
import { metricExporter, traceExporter } from './exporters.ts';
import { traceHttpCalls } from './http-calls.ts';
import type { MetricReading } from './metrics.ts';
import { metricProducer } from './otlp-metrics.ts';
import { readableIn, type Scoped, type ToReadable } from './readable-span.ts';
import { samplingOf } from './sampling.ts';
import type { Protocol, Telemetry, TelemetryOptions } from './start.ts';
import { createTracing } from './tracing.ts';

/** Longest time that a collector may take for what is left when a process ends, in milliseconds. */
const STOP_MS = 2_000;

/** Starts the SDK for what is asked for; the rest is as in `off`. */
export async function startOpenTelemetry(options: TelemetryOptions, off: Telemetry): Promise<Telemetry> {
  const { settings, service, instance } = options;
  const traces = settings.traces && (await tracesOf(options, settings.traces));
  const metrics = settings.metrics && (await metricsOf(options, settings.metrics));
  const sdk = new NodeSDK({
    serviceName: service,
    resource: defaultResource().merge(resourceFromAttributes({ 'service.instance.id': instance })),
    resourceDetectors: [envDetector, hostDetector, processDetector],
    spanProcessors: traces ? [traces.processor] : [],
    sampler: { shouldSample: () => ({ decision: SamplingDecision.RECORD_AND_SAMPLED }) }, // decided before
    metricReaders: metrics ? [metrics.reader] : [],
    logRecordProcessors: [],
    instrumentations: [],
    textMapPropagator: null,
  });
  sdk.start();
  if (traces) traceHttpCalls(traces.tracing);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await within(STOP_MS, sdk.shutdown(), options.logger);
    for (const api of [trace, metricsApi, context]) api.disable();
  };
  return {
    tracing: traces?.tracing ?? off.tracing,
    spanCounts: traces?.counts ?? off.spanCounts,
    tellMetrics: metrics?.tell ?? off.tellMetrics,
    stop: () => (stopping ??= stop()),
  };
}

const tellingOf = ({ logger }: Pick<TelemetryOptions, 'logger'>, what: string) => ({
  failing: (error: string): void => logger.warn({ error }, `the collector does not take ${what}`),
  works: (): void => logger.info({}, `the collector takes ${what} again`),
});

async function tracesOf(options: TelemetryOptions, protocol: Protocol) {
  const { sampler, share, queueMax, batchMax, everyMs } = options.settings;
  const gate = spanGate(queueMax);
  const counts = { sent: 0, failed: 0 };
  const exporter = toldExporter(await traceExporter(protocol), tellingOf(options, 'traces'), {
    onTaken: (spans) => gate.release(spans.length),
    onDone: (spans, isSent) => (counts[isSent ? 'sent' : 'failed'] += spans.length),
  });
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: queueMax,
    maxExportBatchSize: Math.min(batchMax, queueMax),
    scheduledDelayMillis: everyMs,
  });
  let toReadable: ToReadable | undefined;
  const { tracing, thinned } = createTracing({
    sampling: samplingOf(sampler, share),
    tell: (span) => {
      if (!gate.admit()) return;
      // The SDK knows the resource, and gives it to a span of its own only: one is begun and thrown away.
      toReadable ??= readableIn(trace.getTracer('refrain').startSpan('') as unknown as Scoped);
      processor.onEnd(toReadable(span));
    },
    now: preciseClock(),
    newSpanId,
  });
  const all = (): SpanCounts => ({ ...counts, thinned: thinned(), dropped: gate.dropped() });
  return { processor, tracing, counts: all };
}

async function metricsOf(options: TelemetryOptions, protocol: Protocol) {
  let source: () => Promise<readonly MetricReading[]> = async () => [];
  const producer = metricProducer(() => source(), {
    kinds: DataPointType,
    cumulative: AggregationTemporality.CUMULATIVE,
    startedAt: performance.timeOrigin,
  });
  const exporter = toldExporter(await metricExporter(protocol), tellingOf(options, 'metrics'));
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: options.settings.metricsEveryMs,
    metricProducers: [producer],
  });
  return { reader, tell: (read: typeof source) => void (source = read) };
}

/** A collector that is away, or hangs, must not hold up a stop. */
async function within(ms: number, work: Promise<void>, logger: TelemetryOptions['logger']): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  await Promise.race([work, late]).catch((error: unknown) =>
    logger.warn({ error: messageOf(error) }, 'what was left of traces and metrics was not delivered'),
  );
  clearTimeout(timer);
}
