import {
  formatTraceparent,
  parseTraceparent,
  type Span,
  type SpanError,
  type SpanFields,
  type SpanStart,
  type Traceparent,
  traceIdOfFlow,
  type Tracing,
} from '@refrain/contract-kit';
import { KeptTraces } from './kept-traces.ts';
import type { Sampling } from './sampling.ts';
import { toldMessage, type ToldSpan } from './told-span.ts';

export interface TracingOptions {
  readonly sampling: Sampling;
  /** Takes a span that is told. Must not wait. */
  readonly tell: (span: ToldSpan) => void;
  /** Milliseconds since 1970, with fractions. */
  readonly now: () => number;
  /** 16 hex digits, not all zero. */
  readonly newSpanId: () => string;
}

const SAMPLED = 1;

/**
 * Spans that cost little until they are told: names and attributes of the conventions are worked out then.
 * Whether a trace is told is decided where it begins, by its id, and carried on by its flag. A trace that is
 * not is told from then on that something in it is to be kept, with what of it still waits here.
 */
export function createTracing(options: TracingOptions): { tracing: Tracing; thinned: () => number } {
  const traces = new KeptTraces<OpenSpan>();
  const keep = (traceId: string): void => {
    if (!options.sampling.keeps || traces.has(traceId)) return;
    for (const span of traces.keep(traceId)) options.tell(span.told());
  };
  const parse = lastParsed();
  const parts: Parts = { ...options, traces, keep, parse };
  const tracing: Tracing = {
    isOn: true,
    start: (start) => new OpenSpan(parts, start),
    keep: (text) => {
      const at = parse(text);
      if (!at || at.flags & SAMPLED || !options.sampling.keeps) return text;
      keep(at.traceId);
      return formatTraceparent({ ...at, flags: at.flags | SAMPLED });
    },
  };
  return { tracing, thinned: () => traces.thinned };
}

interface Parts extends TracingOptions {
  readonly traces: KeptTraces<OpenSpan>;
  readonly keep: (traceId: string) => void;
  readonly parse: (text: string) => Traceparent | undefined;
}

/** Remembers the last one: what follows from a message asks for its parent several times. */
function lastParsed(): Parts['parse'] {
  let last: { text: string; at: Traceparent | undefined } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, at: parseTraceparent(text) };
    return last.at;
  };
}

class OpenSpan implements Span {
  readonly #parts: Parts;
  readonly #start: SpanStart;
  readonly #traceId: string;
  readonly #parentSpanId: string | undefined;
  #spanId: string | undefined;
  readonly #startedAt: number;
  readonly #isSampled: boolean;
  #more: SpanFields | undefined;
  #endedAt: number | undefined;
  #error: SpanError | undefined;

  constructor(parts: Parts, start: SpanStart) {
    const parent = start.parent === undefined ? undefined : parts.parse(start.parent);
    this.#parts = parts;
    this.#start = start;
    this.#traceId = parent?.traceId ?? traceIdOfFlow(start.flow);
    this.#parentSpanId = parent?.spanId;
    this.#startedAt = start.startedAt ?? parts.now();
    const flag = parent && (parent.flags & SAMPLED) === SAMPLED;
    const isDecided = parent !== undefined && !start.foreign;
    this.#isSampled = isDecided ? flag === true : parts.sampling.isSampled(this.#traceId, flag);
    // Who decided before us may have kept what was not in the sample: what waits here belongs to it.
    const isKept = this.#isSampled && !parts.sampling.isSampled(this.#traceId, undefined);
    if (isKept || (start.keep && !this.#isSampled)) parts.keep(this.#traceId);
  }

  get #isTold(): boolean {
    return this.#isSampled || this.#parts.traces.has(this.#traceId);
  }

  /** Most spans outside the sample never need one. */
  get #id(): string {
    return (this.#spanId ??= this.#parts.newSpanId());
  }

  get traceparent(): string {
    return formatTraceparent({
      traceId: this.#traceId,
      spanId: this.#id,
      flags: this.#isTold ? SAMPLED : 0,
    });
  }

  set(attributes: SpanFields): void {
    this.#more = this.#more ? { ...this.#more, ...attributes } : attributes;
  }

  end(error?: SpanError): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = this.#parts.now();
    this.#error = error;
    if (error && !this.#isSampled) this.#parts.keep(this.#traceId);
    if (this.#isTold) this.#parts.tell(this.told());
    else if (this.#parts.sampling.keeps) this.#parts.traces.wait(this.#traceId, this);
    else this.#parts.traces.thinned++;
  }

  told(): ToldSpan {
    const { name = '', kind = 'internal', message, attributes, flow, link } = this.#start;
    const about = message ? toldMessage(message) : { name, kind, attributes: undefined };
    const earlier = link === undefined ? undefined : parseTraceparent(link);
    return {
      name: about.name,
      kind: about.kind,
      traceId: this.#traceId,
      spanId: this.#id,
      parentSpanId: this.#parentSpanId,
      link: earlier && { traceId: earlier.traceId, spanId: earlier.spanId },
      startedAt: this.#startedAt,
      endedAt: this.#endedAt ?? this.#startedAt,
      attributes: defined(
        about.attributes,
        message && { 'messaging.message.conversation_id': flow },
        { 'refrain.correlation': flow || undefined, 'error.type': this.#error?.type },
        attributes,
        this.#more,
      ),
      error: this.#error?.message,
    };
  }
}

/** All of them in one, without what is not known. */
function defined(...parts: readonly (SpanFields | undefined)[]): ToldSpan['attributes'] {
  const all: Record<string, string | number | boolean> = {};
  for (const part of parts)
    for (const name in part) {
      const value = part[name];
      if (value !== undefined) all[name] = value;
    }
  return all;
}
