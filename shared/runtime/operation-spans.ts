import type { Span, SpanMessage, Tracing } from '@refrain/contract-kit';
import type { CallKind, CallOutcome } from '@refrain/governor';
import type { AttemptResult } from './attempt.ts';
import type { Effect } from './definition.ts';
import type { Operation } from './operations.ts';

/** What one delivery or alarm leads to for an operation. */
export const carrierSpan = (
  tracing: Tracing,
  { id, intent }: Operation,
  { message, carrier: { redelivered } }: { message: SpanMessage; carrier: { redelivered: boolean } },
): Span =>
  tracing.start({
    parent: intent.trace,
    flow: intent.correlation,
    message,
    attributes: { 'refrain.operation': id, 'refrain.redelivered': redelivered || undefined },
    keep: redelivered,
  });

/** An operation is parked: its alarm is set. */
export const parkSpan = (
  tracing: Tracing,
  of: { service: string; alarm: string },
  flow: string,
  within: Span,
): Span =>
  tracing.start({
    parent: within.traceparent,
    flow,
    message: { operation: 'send', of },
    attributes: { 'refrain.operation': of.alarm },
  });

/** A call, or a question about it. Linked to the first attempt where it is a later one. */
export function attemptSpan(
  tracing: Tracing,
  { operation, effect }: { operation: Operation; effect: Effect },
  { n, round, kind, span }: { n: number; round: number; kind: CallKind; span: Span },
  question?: 'lookup' | 'close',
): Span {
  const { id, intent, first, hurried } = operation;
  const { dependency, undoes } = effect.rule;
  const name = `${dependency}: ${effect.name}`;
  return tracing.start({
    name: question ? `${name} ${question}` : name,
    parent: span.traceparent,
    flow: intent.correlation,
    attributes: {
      'refrain.dependency': dependency,
      'refrain.effect': effect.name,
      'refrain.operation': id,
      'refrain.attempt': n,
      'refrain.round': round,
      'refrain.call': kind,
      'refrain.redriven': hurried,
      'refrain.undoes': undoes,
    },
    link: first,
    keep: kind === 'retry' || question !== undefined || undoes !== undefined,
  });
}

/** Ends the span of an attempt. A failure has its name in the contract; one without is a defect. */
export function endAttempt(span: Span, result: AttemptResult, outcome: CallOutcome): void {
  span.set({ 'refrain.outcome': outcome });
  if (result.kind !== 'failed') return span.end();
  const { failure } = result;
  span.end({ type: failure.known ? failure.name : 'defect', message: failure.reason });
}
