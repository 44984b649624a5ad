import type { TelemetrySettings } from '@refrain/telemetry';
import { z } from 'zod';

const protocols = z.enum(['http/protobuf', 'http/json', 'grpc']);
const samplers = z.enum([
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
]);

const isTrue = z
  .string()
  .regex(/^(true|false)$/i, 'expected true or false')
  .transform((text) => text.toLowerCase() === 'true');
const above0 = z.coerce.number().int().min(1);
/** A timer takes no more: with more it is due at once, a thousand times a second where "never" was meant. */
const timerMs = above0.max(2_147_483_647);

/** About 128 MiB: the most memory that a collector which is gone may cost, at about 2 KiB a span. */
const SPANS_MAX = 65_536;

/** The `OTEL_` variables that decide something of ours; those that OpenTelemetry reads it checks itself. */
export const telemetryVariables = {
  OTEL_SDK_DISABLED: isTrue.default(false),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocols.default('http/protobuf'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocols.optional(),
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocols.optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).optional(),
  /** `prometheus`: the page, which is there in any case. */
  OTEL_METRICS_EXPORTER: z.enum(['otlp', 'prometheus', 'none']).optional(),
  OTEL_TRACES_SAMPLER: samplers.default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_BSP_MAX_QUEUE_SIZE: above0.max(SPANS_MAX).default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: above0.default(512),
  OTEL_BSP_SCHEDULE_DELAY: timerMs.default(5_000),
  OTEL_METRIC_EXPORT_INTERVAL: timerMs.default(60_000),
};

const variables = z.object(telemetryVariables);

/** What is sent where: a signal needs an endpoint, or to be asked for by its exporter's name. */
export function telemetrySettingsOf(e: z.output<typeof variables>): TelemetrySettings {
  const isSent = (exporter: string | undefined, endpoint: string | undefined): boolean =>
    !e.OTEL_SDK_DISABLED && (exporter ?? (endpoint === undefined ? 'none' : 'otlp')) === 'otlp';
  const all = e.OTEL_EXPORTER_OTLP_ENDPOINT;
  const traces = isSent(e.OTEL_TRACES_EXPORTER, e.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? all);
  const metrics = isSent(e.OTEL_METRICS_EXPORTER, e.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? all);
  const { OTEL_EXPORTER_OTLP_PROTOCOL: protocol } = e;
  return {
    traces: traces ? (e.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? protocol) : undefined,
    metrics: metrics ? (e.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? protocol) : undefined,
    sampler: e.OTEL_TRACES_SAMPLER,
    share: e.OTEL_TRACES_SAMPLER_ARG,
    queueMax: e.OTEL_BSP_MAX_QUEUE_SIZE,
    batchMax: e.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    everyMs: e.OTEL_BSP_SCHEDULE_DELAY,
    metricsEveryMs: e.OTEL_METRIC_EXPORT_INTERVAL,
  };
}
