import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { timeOf } from './otlp-metrics.ts';
import type { ToldSpan } from './told-span.ts';

/** What all spans of a process have in common. */
export type Scoped = Pick<ReadableSpan, 'resource' | 'instrumentationScope'>;
export type ToReadable = (span: ToldSpan) => ReadableSpan;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

const UNSET = { code: SpanStatusCode.UNSET };
const traceFlags = TraceFlags.SAMPLED;

/**
 * A finished span as exporters of OpenTelemetry read it. One of the SDK's own would be told the same twice,
 * and checked twice: it takes a fifth more of the time of a span.
 */
export const readableIn =
  ({ resource, instrumentationScope }: Scoped): ToReadable =>
  ({ name, kind, traceId, spanId, parentSpanId, link, startedAt, endedAt, attributes, error }) => {
    const parent =
      parentSpanId === undefined ? undefined : { traceId, spanId: parentSpanId, traceFlags, isRemote: true };
    const context = { traceId, spanId, traceFlags };
    return {
      name,
      kind: KINDS[kind],
      spanContext: () => context,
      ...(parent && { parentSpanContext: parent }),
      startTime: timeOf(startedAt),
      endTime: timeOf(endedAt),
      duration: timeOf(Math.max(0, endedAt - startedAt)),
      status: error === undefined ? UNSET : { code: SpanStatusCode.ERROR, message: error },
      attributes,
      links: link ? [{ context: { ...link, traceFlags } }] : [],
      events: [],
      ended: true,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  };
