import {
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { formatTraceparent, parseTraceparent } from '@refrain/contract-kit';
import type { Fields } from './logger.ts';

/** A stretch of work in a trace; the runtime's `Tracing` port asks for this shape. */
export interface TraceSpan {
  readonly traceparent: string;
  end(error?: string): void;
}

function contextOf(traceparent: string): SpanContext | undefined {
  const parent = parseTraceparent(traceparent);
  if (!parent) return undefined;
  const { traceId, spanId, flags } = parent;
  return { traceId, spanId, traceFlags: flags & TraceFlags.SAMPLED, isRemote: true };
}

const format = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  formatTraceparent({ traceId, spanId, flags: traceFlags });

/** Spans below what arrived in a message or a request, by an OpenTelemetry tracer. */
export const otelTracing = (
  tracer: Tracer,
): { start(name: string, parent: string, attributes: Fields): TraceSpan } => ({
  start(name, parent, attributes) {
    const context = contextOf(parent);
    const below = context ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
    const span = tracer.startSpan(name, { attributes: { ...attributes } }, below);
    return {
      traceparent: format(span.spanContext()),
      end(error) {
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
        span.end();
      },
    };
  },
});
