import { z } from 'zod';

const failureClass = z.enum(['transient', 'throttled', 'outage', 'rejected', 'defect']);

/** Who asked for it (as claimed: nobody checks a name), from which machine, and why. */
const said = { by: z.string().min(1), host: z.string(), why: z.string().min(1) };

/**
 * What the platform itself records on entities. Invisible to deciders, skipped by other services from the
 * header. STORED FORMAT, version 1: `samples/` keeps one of each for ever.
 */
export const platformEvents = {
  /** A cause was handled and nothing was to be added. */
  'refrain.Noted': z.strictObject({ cause: z.string(), reaction: z.string() }),
  /** Only who appended this may call: the mark before an unsafe call. */
  'refrain.AttemptStarted': z.strictObject({ operation: z.string(), n: z.int(), runner: z.string() }),
  /**
   * A call failed. `delayMs` and `dueAt` say when the next one is due; `progress` is what earlier steps
   * returned.
   */
  'refrain.AttemptFailed': z.strictObject({
    operation: z.string(),
    n: z.int(),
    round: z.int(),
    step: z.string(),
    failure: z.string(),
    class: failureClass,
    happened: z.enum(['no', 'unknown']),
    /** The provider replayed a stored failure: the old key can act no more. */
    replayed: z.boolean(),
    /** The effect's retry rule as it was then. */
    rule: z.strictObject({ attempts: z.int(), firstDelayMs: z.number(), maxDelayMs: z.number() }),
    delayMs: z.number(),
    /** What the delay follows from: the rule, the provider's Retry-After, an outage, or a question asked. */
    delayBy: z.enum(['rule', 'retry-after', 'outage', 'question']),
    dueAt: z.string(),
    /** The governor's word at that moment, and its term. Without a governor: `open`, 0. */
    word: z.string(),
    epoch: z.int(),
    reason: z.string(),
    progress: z.record(z.string(), z.string()),
  }),
  /**
   * The attempt `n` was due and the governor's word held it: nothing was called. On record once for each
   * attempt, with what it expected to wait first; twice where the second one knew more, see `again`.
   */
  'refrain.Held': z.strictObject({
    operation: z.string(),
    n: z.int(),
    hold: z.enum(['budget', 'throttled', 'suppressed', 'probing', 'no word']),
    word: z.string(),
    epoch: z.int(),
    reason: z.string(),
    until: z.string(),
    /**
     * Of a first attempt: a process that is gone, or slow, may have made this call already, and left no
     * record. So it stays a retry when its alarm goes off.
     */
    again: z.literal(true).optional(),
  }),
  /** A dead letter: something of ours is wrong. The cause does not count as handled. */
  'refrain.Defect': z.strictObject({
    cause: z.string(),
    reaction: z.string(),
    operation: z.string().optional(),
    source: z.strictObject({ stream: z.string(), seq: z.int() }).optional(),
    /** What was to be handled, to be decided again; absent where it was too large or unreadable. */
    event: z.record(z.string(), z.unknown()).optional(),
    error: z.string(),
  }),
  /** A person wants a dead letter handled again: the same cause, the same operation. */
  'refrain.Redrive': z.strictObject({
    cause: z.string(),
    reaction: z.string(),
    operation: z.string().optional(),
    ...said,
  }),
  /** A person has seen to a dead letter: it is not handled any more. */
  'refrain.Resolved': z.strictObject({ cause: z.string(), reaction: z.string(), ...said }),
  /** A person's word on an operation whose outcome nobody else can know. */
  'refrain.Verdict': z.strictObject({ operation: z.string(), happened: z.boolean(), ...said }),
  /** A person wants the next attempt now. It still goes through the governor. */
  'refrain.RetryRequested': z.strictObject({ operation: z.string(), ...said }),
  /** A person wants no further attempt: it is settled with the provider, or given up. */
  'refrain.CancelRequested': z.strictObject({ operation: z.string(), ...said }),
} as const;

/** The name of an event of the platform, `refrain.Noted`. */
export type PlatformEventType = keyof typeof platformEvents;
/** What such an event holds. */
export type PlatformData<T extends PlatformEventType> = z.output<(typeof platformEvents)[T]>;

/** What the names of the platform's own events begin with; no contract may use it. */
export const PLATFORM_PREFIX = 'refrain.';
/** Whether an event is the platform's own, and so none of a decider's. */
export const isPlatformEvent = (type: string): type is PlatformEventType => type.startsWith(PLATFORM_PREFIX);
