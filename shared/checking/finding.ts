/** What kind of fault a finding is about; docs/checking.md has a line for each. */
export type Rule =
  | 'nobody records it'
  | 'nobody hears it'
  | 'nobody takes it'
  | 'no undo'
  | 'unknown leads nowhere'
  | 'unlimited fan-out'
  | 'deadline nobody sets'
  | 'version without upcast'
  | 'version without sample'
  | 'name was lost'
  | 'name is not kept';

/** One fault of a choreography, for a person: what, where, why it matters, and what to do. */
export interface Finding {
  readonly rule: Rule;
  /** Service and name: `payments.ChargeFailed`. */
  readonly where: string;
  readonly what: string;
  readonly why: string;
  readonly todo: string;
}

/** One thing that happened in a story, and the types of the events that it recorded. */
export interface StoryStep {
  readonly step: string;
  readonly records: readonly string[];
}

/** A shortest way to a state that must not be. */
export interface Counterexample {
  /** What does not hold, by its name. */
  readonly invariant: string;
  readonly given: string;
  readonly steps: readonly StoryStep[];
  readonly expected: string;
  readonly found: string;
}
