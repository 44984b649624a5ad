/** A place in a trace, as `traceparent` carries it (W3C Trace Context, level 1). */
export interface Traceparent {
  /** 32 hex digits, not all zero: the flow. */
  readonly traceId: string;
  /** 16 hex digits, not all zero: what caused it. */
  readonly spanId: string;
  /** One byte; its lowest bit says that the trace is recorded. */
  readonly flags: number;
}

const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** `00-<trace id>-<span id>-<flags>`; `undefined` for anything else. */
export function parseTraceparent(text: string): Traceparent | undefined {
  const [, traceId, spanId, flags] = FORM.exec(text) ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}

/** The text that `parseTraceparent` reads. */
export const formatTraceparent = ({ traceId, spanId, flags }: Traceparent): string =>
  `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
