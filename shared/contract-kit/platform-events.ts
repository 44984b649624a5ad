import { z } from 'zod';

/**
 * What the platform itself records on entities. Invisible to deciders, skipped by other services from the
 * header. STORED FORMAT, version 1.
 */
const failureClass = z.enum(['transient', 'throttled', 'outage', 'rejected', 'defect']);

export const platformEvents = {
  /** A cause was handled and nothing was to be added. */
  'refrain.Noted': z.strictObject({ cause: z.string(), reaction: z.string() }),
  /** Only who appended this may call: the mark before an unsafe call. */
  'refrain.AttemptStarted': z.strictObject({ operation: z.string(), n: z.int(), runner: z.string() }),
  /**
   * A call failed. `delay` and `dueAt` say when the next one is due; `progress` is what earlier steps
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
    delay: z.number(),
    dueAt: z.string(),
    word: z.string(),
    epoch: z.int(),
    reason: z.string(),
    progress: z.record(z.string(), z.string()),
  }),
  /** A dead letter: something of ours is wrong. The cause does not count as handled. */
  'refrain.Defect': z.strictObject({
    cause: z.string(),
    reaction: z.string(),
    operation: z.string().optional(),
    source: z.strictObject({ stream: z.string(), seq: z.int() }).optional(),
    error: z.string(),
  }),
  /** A human's word on an operation whose outcome nobody else can know. */
  'refrain.Verdict': z.strictObject({
    operation: z.string(),
    happened: z.boolean(),
    by: z.string(),
    why: z.string(),
  }),
} as const;

export type PlatformEventType = keyof typeof platformEvents;
export type PlatformData<T extends PlatformEventType> = z.output<(typeof platformEvents)[T]>;

export const PLATFORM_PREFIX = 'refrain.';
export const isPlatformEvent = (type: string): type is PlatformEventType => type.startsWith(PLATFORM_PREFIX);
