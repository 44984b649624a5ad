import { z } from 'zod';
import { count, missing, money, text, time } from './fields.ts';

/** What `refrain ps` shows of a process. */
export const processSeen = z.object({
  name: text,
  pid: count,
  url: text,
  status: z.enum(['starting', 'ready', 'restarting', 'stopped']),
});
export type ProcessSeen = z.output<typeof processSeen>;

/** How a service stands, from its metrics; instances are taken together. */
export const serviceSeen = z.object({
  service: text,
  /** Instances, and how many of them take work. */
  instances: count,
  ready: count,
  /** Commits in its log. */
  commits: count,
  /** Commits that its durables have yet to deliver; deadlines hold theirs back and are not counted. */
  lag: count,
  /**
   * Operations without an outcome: `open` (also parked and held), `waiting` and `defect` need a person or
   * time.
   */
  open: count,
  waiting: count,
  defect: count,
  deadLetters: count,
  /** How overdue the oldest operation is that goes on by itself, in milliseconds. */
  oldestOverdueMs: count,
});
export type ServiceSeen = z.output<typeof serviceSeen>;

/**
 * One thing that the business waits for, such as `captured and unsettled`; as of the last look at the log.
 */
const matterSeen = z.object({
  service: text,
  matter: text,
  open: count,
  oldestMs: count,
  money: z.array(money),
});
export type MatterSeen = z.output<typeof matterSeen>;

/** A word that is older, in milliseconds, is none any more: the governor is silent. */
export const WORD_MS_MAX = 3_000;

/** A word of the governor in short; `kind` is `open`, `throttled`, `suppressed` or `probing`. */
export const wordSeen = z.object({
  dependency: text,
  kind: text,
  reason: text,
  /** Milliseconds since 1970. */
  since: count,
  rate: count.optional(),
  ramp: z.boolean().optional(),
  warning: text.optional(),
  pinned: z.boolean(),
  /** Operations that wait for leave, over all instances. */
  held: count,
  /** Milliseconds since it was said last; from `WORD_MS_MAX` on the governor is silent. */
  saidAgoMs: count,
});
export type WordSeen = z.output<typeof wordSeen>;

export const overview = z.object({
  at: time,
  processes: z.array(processSeen),
  services: z.array(serviceSeen),
  matters: z.array(matterSeen),
  words: z.array(wordSeen),
  /** Events of each type in the logs, `orders.OrderPlaced`: how many there are, from `countedFrom` on. */
  events: z.record(text, count),
  /** By service, the first commit that is counted; 1: all of its log. Of a long log, the latest 20,000. */
  countedFrom: z.record(text, count),
  /** Whether the logs have been counted to their end: while not, `events` still grows by the past. */
  counted: z.boolean(),
  missing,
});
export type Overview = z.output<typeof overview>;
