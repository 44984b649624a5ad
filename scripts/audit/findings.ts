import type { Violation } from './records.ts';

/** What must hold, whatever was killed or repeated meanwhile. `docs/audit.md` says what each one means. */
export const invariants = [
  'at most one charge per order',
  'at most one refund per order',
  'at most one mail per order',
  'an order is charged its total',
  'a refund gives back what was charged',
  'an order ends one way',
  'a completed order is paid',
  'a completed order keeps its stock',
  'a cancelled order keeps no money',
  'a cancelled order keeps no stock',
  'what is on record happened',
  'what happened is on record',
  'a completed order undoes nothing',
  'a cancelled order undoes what it did',
  'nothing happens after an order has settled',
  'nothing happens without an order',
  'an event id is unique',
  'an event is named by what led to it',
  'an operation is named by what it does',
  'a cause is handled once',
  'a cause stands in the log',
  'a flow keeps its name',
  'attempts are numbered without a gap',
  'a refusal answers the latest attempt',
  'an outcome belongs to an operation',
  'what a newer build wrote waits',
  'every failed attempt is explained',
  'a delay follows from its rule',
  'every operation has an outcome or waits visibly',
  'what is due is done',
  'a deadline is answered',
  'no call without its intent',
  'every recorded attempt is in /calls',
  'calls <= recorded attempts + kills',
  'a mail is sent only under its start mark',
  'calls stay within the budget',
  'held stock is between nothing and what came in',
  'the warehouse answers each request once',
  'receipts - held = onHand - reserved',
  'GET /orders equals the streams',
] as const;

export type Invariant = (typeof invariants)[number];

/** Counts what was checked and keeps what did not hold. */
export class Findings {
  readonly violations: Violation[] = [];
  readonly #counts = new Map<Invariant, number>();

  expect(invariant: Invariant, holds: boolean, where: string, found: () => string): void {
    this.#counts.set(invariant, (this.#counts.get(invariant) ?? 0) + 1);
    if (!holds) this.violations.push({ invariant, where, found: found() });
  }

  /**
   * How often each invariant was checked, in their order; those of which nothing was to be checked included.
   */
  counts(): Record<string, number> {
    return Object.fromEntries(invariants.map((name) => [name, this.#counts.get(name) ?? 0]));
  }
}
