import type { Delivery, Firing } from '@refrain/event-log';
import type { CallKind } from '@refrain/governor';
import type { Operation } from './operations.ts';

/** A delivery or a firing: whatever brought an operation to the runner. */
export type Carrier = Pick<Delivery | Firing, 'ack' | 'nak' | 'working' | 'redelivered'> &
  Partial<Pick<Delivery, 'predates'>>;

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
