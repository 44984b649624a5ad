import { formatTraceparent, hash, hexOfHash } from '@refrain/contract-kit';

/**
 * The traceparent of a flow's root (W3C Trace Context, level 1): the trace id is the flow's correlation id in
 * hex, so that logs, traces and the log name a flow alike, and no id depends on chance.
 */
export function rootTrace(correlation: string): string {
  const flow = /^[a-z2-7]{26}$/.test(correlation) ? correlation : hash(correlation);
  const spanId = hexOfHash(hash(flow, 'root')).slice(0, 16);
  return formatTraceparent({ traceId: hexOfHash(flow), spanId, flags: 1 });
}

/** The trace id in a traceparent, as logs name it. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
