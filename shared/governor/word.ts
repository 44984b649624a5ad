import { z } from 'zod';

/**
 * - `open`: first attempts go; retries go within the budget.
 * - `throttled`: first attempts and retries together go at `rate` calls per second, first attempts first.
 * - `suppressed`: nothing goes before `holdMs` are over.
 * - `probing`: single calls go, to see whether the dependency is back.
 */
export const wordKinds = ['open', 'throttled', 'suppressed', 'probing'] as const;
export type WordKind = (typeof wordKinds)[number];

/** What one instance may do until the next word, a second later. What it does not use is gone. */
export const share = z.strictObject({
  /** First attempts and retries together; absent: no limit on first attempts. */
  calls: z.int().min(0).optional(),
  /** Where in the pace of `calls` this instance begins: call j goes at (j + phase) / calls of a second. */
  phase: z.number().min(0).lt(1).optional(),
  /** Retries that need no first attempt beside them. */
  retries: z.int().min(0),
  /**
   * Retries that first attempts pay for: each first attempt of this instance adds `share` of one to a bucket
   * that holds at most `bucket` and stays when words change. It counts where it is spent, so no report can be
   * too late for it. Absent: none.
   */
  own: z.strictObject({ share: z.number().min(0).max(1), bucket: z.int().min(0) }).optional(),
});
export type Share = z.output<typeof share>;

/** A person's word, which holds until it is released or over. */
export const pin = z.strictObject({
  kind: z.enum(['suppressed', 'throttled', 'open']),
  /** Calls per second of all instances; `throttled` only. */
  rate: z.number().positive().optional(),
  /** Milliseconds since 1970; absent: until it is released. */
  until: z.number().optional(),
  by: z.string(),
  host: z.string(),
  why: z.string(),
  at: z.number(),
});
export type Pin = z.output<typeof pin>;

/** The governor's word on one dependency, for all instances. It travels as JSON, once a second. */
export const word = z.strictObject({
  v: z.literal(1),
  dependency: z.string(),
  kind: z.enum(wordKinds),
  /** In a few words and figures: `62 % of 120 calls failed in 5 s`. */
  reason: z.string(),
  /** When this kind of word began, milliseconds since 1970 by the governor's clock. */
  since: z.number(),
  /** `suppressed`: how many milliseconds from now nothing goes. */
  holdMs: z.number().min(0).optional(),
  /** `throttled`: calls per second of all instances. */
  rate: z.number().positive().optional(),
  /** `throttled`: whether the rate is on its way up after an outage. */
  ramp: z.boolean().optional(),
  /** Answers per second that the dependency gave at best while it was well, as far as is known. */
  best: z.number().min(0).optional(),
  /** Something is near its threshold, and nothing is held because of it yet. */
  warning: z.string().optional(),
  pin: pin.optional(),
  /** How many operations wait for leave, over all instances: how long a new one must expect to. */
  waiting: z.int().min(0),
  /** The governor's term: raised by each that takes the lease. A lower one is ignored. */
  epoch: z.int().min(1),
  /** Counts words within an epoch. */
  tick: z.int().min(1),
  /**
   * How often an instance in `shares` gets one retry while no word arrives, in milliseconds; absent: never.
   * Instances take turns, in the order of their names.
   */
  aloneMs: z.number().positive().optional(),
  /** By instance name. An instance that is not in it has `newcomer`. */
  shares: z.record(z.string(), share),
  newcomer: share,
});
export type Word = z.output<typeof word>;
