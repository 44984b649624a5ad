import { hash, hexOfHash } from './identity.ts';
import { formatTraceparent } from './traceparent.ts';

/** What a span says besides its name: flat, without personal data. */
export type SpanFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A message that a span takes or sends: an entity's commit, or the alarm of an operation. */
export interface SpanMessage {
  readonly operation: 'process' | 'send';
  readonly of:
    | { readonly service: string; readonly entityType: string; readonly entityId: string }
    | { readonly service: string; readonly alarm: string };
  /** The broker's id of it, a commit id, where it is known. */
  readonly id?: string | undefined;
}

/** What is known of a stretch of work when it begins. */
export interface SpanStart {
  /** Of a message: left out, it follows from it. */
  readonly name?: string;
  /** Default: `internal`; of a message `consumer` or `producer`. */
  readonly kind?: 'internal' | 'server' | 'client';
  /** The W3C traceparent of what caused it. Missing: the flow begins with it. */
  readonly parent: string | undefined;
  /** The correlation id of its flow. */
  readonly flow: string;
  readonly message?: SpanMessage;
  readonly attributes?: SpanFields;
  /** The traceparent of an earlier attempt at the same. */
  readonly link?: string | undefined;
  /** The parent is a stranger's: whether it is sampled is decided here. */
  readonly foreign?: boolean;
  /** Its trace is to be there whatever the sample. */
  readonly keep?: boolean;
  /** When it began, milliseconds since 1970. Default: now. */
  readonly startedAt?: number;
}

/** Why a stretch of work failed. `type`: one of few, never a text with an id. */
export interface SpanError {
  readonly type: string;
  readonly message: string;
}

/**
 * A stretch of work in a trace. What is caused inside carries `traceparent` on. One that never ends is not
 * told.
 */
export interface Span {
  readonly traceparent: string;
  /** Says more of it. */
  set(attributes: SpanFields): void;
  end(error?: SpanError): void;
}

/** Tracing, by argument. Never waits, never throws. */
export interface Tracing {
  /** Whether anybody is told: where not, nobody needs to say much. */
  readonly isOn: boolean;
  start(span: SpanStart): Span;
  /** Its trace is to be there whatever the sample. Gives the same place, with the flag that says so. */
  keep(traceparent: string): string;
}

/**
 * The traceparent of a flow's root (W3C Trace Context, level 1): the trace id is the flow's correlation id in
 * hex, so that logs, traces and the log name a flow alike, and no id depends on chance.
 */
export function rootTrace(correlation: string): string {
  const flow = flowOf(correlation);
  const spanId = hexOfHash(hash(flow, 'root')).slice(0, 16);
  return formatTraceparent({ traceId: hexOfHash(flow), spanId, flags: 1 });
}

/** The trace id of a flow that nobody gave another. */
export const traceIdOfFlow = (correlation: string): string => hexOfHash(flowOf(correlation));

const flowOf = (correlation: string): string =>
  /^[a-z2-7]{26}$/.test(correlation) ? correlation : hash(correlation);

/** The trace id in a traceparent, as logs name it. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);

/** Carries the parent on and tells nobody. */
export const noTracing: Tracing = {
  isOn: false,
  start: ({ parent, flow }) => ({ traceparent: parent ?? rootTrace(flow), set: () => {}, end: () => {} }),
  keep: (traceparent) => traceparent,
};
