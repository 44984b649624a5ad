import {
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { Fields } from './logger.ts';

/** A stretch of work in a trace; the runtime's `Tracing` port asks for this shape. */
export interface TraceSpan {
  readonly traceparent: string;
  end(error?: string): void;
}

/** `00-<trace id>-<span id>-<flags>` (W3C Trace Context, level 1). */
export function parseTraceparent(text: string): SpanContext | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text);
  const [, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

const format = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** Spans below what arrived in a message or a request, by an OpenTelemetry tracer. */
export const otelTracing = (
  tracer: Tracer,
): { start(name: string, parent: string, attributes: Fields): TraceSpan } => ({
  start(name, parent, attributes) {
    const context = parseTraceparent(parent);
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
