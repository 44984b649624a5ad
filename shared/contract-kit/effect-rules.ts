/** What kind of failure it is, and so what happens next (docs/retries.md). */
export type FailureClass = 'transient' | 'throttled' | 'outage' | 'rejected' | 'defect';

/** Whether the world outside may have changed although the call failed. */
export type Happened = 'no' | 'unknown';

/** How often, and how far apart, an operation is attempted. */
export interface RetryRule {
  /** The last attempt that is made; holds during an outage are not counted. At least 1. */
  readonly attempts: number;
  /** Shortest wait before the second attempt, in milliseconds, above 0. */
  readonly firstDelayMs: number;
  /**
   * Longest wait between two attempts, in milliseconds, before jitter, unless the provider asks for more. At
   * least `firstDelayMs`.
   */
  readonly maxDelayMs: number;
}

/** One expected failure: its class, whether the call may have acted, and what the end of it records. */
export type FailureRule<E extends string = string> =
  | { readonly class: 'rejected'; readonly happened: 'no'; readonly records: E }
  | {
      readonly class: 'transient' | 'throttled' | 'outage';
      readonly happened: Happened;
      readonly givingUp: E;
    };

/** An answer, not a fault: never retried, recorded as its own event. */
export const rejected = <const E extends string>(rule: { records: E }): FailureRule<E> => ({
  class: 'rejected',
  happened: 'no',
  ...rule,
});

type Retried<E extends string> = { happened: Happened; givingUp: E };

/** 503, reset, timeout: retried by the effect's rule. */
export const transient = <const E extends string>(rule: Retried<E>): FailureRule<E> => ({
  class: 'transient',
  ...rule,
});

/** 429: retried, and no sooner than the provider said. */
export const throttled = <const E extends string>(rule: Retried<E>): FailureRule<E> => ({
  class: 'throttled',
  ...rule,
});

/** Refused: nobody is there. Held at the longest delay, without using up attempts. */
export const outage = <const E extends string>(rule: Retried<E>): FailureRule<E> => ({
  class: 'outage',
  ...rule,
});

/** Steps that no contract names: what a provider is asked about a call, which is no call itself. */
const QUESTIONS: readonly string[] = ['close', 'lookup'];

/** Whether a step of an attempt asked what became of an operation, instead of calling. */
export const isQuestion = (step: string): boolean => QUESTIONS.includes(step);

/** Names that mean something else where an effect's calls, keys and causes are written. */
export const RESERVED_STEPS: readonly string[] = [
  ...QUESTIONS,
  'start',
  'classify',
  'wanted',
  'happened',
  'reconcile',
];

/** How a repeat of an effect is made safe. */
export type Repeat =
  | {
      readonly kind: 'keyed';
      readonly horizonMs: number;
      readonly lookup?: { readonly visibleWithinMs: number } | undefined;
    }
  | { readonly kind: 'unsafe' };

/**
 * The provider honours a key for `horizonMs` (counted from the intent, less a tenth). With `lookup` it can be
 * asked what became of a call; before `visibleWithinMs` have passed, its "not found" means unknown.
 */
export const keyed = (rule: { horizonMs: number; lookup?: { visibleWithinMs: number } }): Repeat => ({
  kind: 'keyed',
  ...rule,
});

/**
 * Nothing outside protects a repeat: after a failure that surely did not happen it is started again by the
 * rule, after anything else only on a person's word.
 */
export const unsafe = (): Repeat => ({ kind: 'unsafe' });

/** One effect, and what happens if it fails. `E` are the contract's event names. */
export interface EffectRule<E extends string = string> {
  /** The intent: the event after which the call is made. */
  readonly after: E;
  /** Who is called; budgets and breakers are kept per dependency. */
  readonly dependency: string;
  /** The requests of one attempt, in order. Each has its own provider key, `operationId.round.step`. */
  readonly steps: readonly string[];
  /** Longest time for one attempt, all its steps together, in milliseconds. */
  readonly timeoutMs: number;
  readonly repeat: Repeat;
  readonly retry: RetryRule;
  readonly failures: Readonly<Record<string, FailureRule<E>>>;
  /** Recorded when the provider makes sure that it never happened and cannot any more. */
  readonly neverHappened?: E;
  /** The event that this effect takes back: it is a compensation, which must not get stuck unseen. */
  readonly undoes?: E;
  /**
   * It comes after all that may still fail, and is repeated until it is done: it needs no undo. Without it,
   * an undo and a pivot, `refrain check` asks what becomes of it when its flow is cancelled.
   */
  readonly retriable?: true;
}
