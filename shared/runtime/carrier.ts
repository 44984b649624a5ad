import type { Span, SpanMessage } from '@refrain/contract-kit';
import type { Delivery, Entity, Firing } from '@refrain/event-log';
import type { CallKind } from '@refrain/governor';
import type { EntityState } from './entity-state.ts';
import type { Freshness } from './entity-store.ts';
import type { Operation } from './operations.ts';

/** A delivery or a firing: whatever brought an operation to the runner. */
export type Carrier = Pick<Delivery | Firing, 'ack' | 'nak' | 'working' | 'redelivered'> &
  Partial<Pick<Delivery, 'predates'>>;

/** What was brought, and how. */
export interface Carried {
  readonly entity: Entity;
  readonly id: string;
  readonly carrier: Carrier;
  readonly freshness: Freshness;
  /** When the alarm that brought it was due, by the broker's clock. */
  readonly rangAt?: number | undefined;
  /** What brought it, as a trace names it. */
  readonly message: SpanMessage;
  /** Begun once it is known to which flow it belongs. */
  span?: Span;
  /** What is done when the log does not know the operation. */
  readonly whenMissing: (found: EntityState) => Promise<number | undefined>;
}

/** The same, once its operation was found. */
export type Found = Carried & { readonly span: Span; readonly flow: string };

/**
 * A retry is what may have been called before: an attempt is on record, somebody had it in his hands before,
 * or is still at it when a person wants it now.
 */
export function kindOf({ n, hurried, held }: Operation, { redelivered, predates }: Carrier): CallKind {
  const mayHaveBeenCalled = n > 0 || redelivered || predates || hurried || held?.again;
  return mayHaveBeenCalled ? 'retry' : 'first';
}

/** Acknowledges it where nothing waits; else it comes again after the shortest of the waits, milliseconds. */
export function settle(carrier: Carrier, waits: readonly (number | undefined)[]): void {
  const pauses = waits.filter((ms) => ms !== undefined);
  if (pauses.length === 0) carrier.ack();
  else carrier.nak(Math.min(...pauses));
}
