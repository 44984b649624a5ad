import { z } from 'zod';
import { count, text, time } from './fields.ts';

export const errandKinds = ['dry run', 'redrive', 'replay', 'load', 'audit', 'doctor'] as const;

/**
 * Something that takes longer than a request. Of each kind one at a time: a second is refused with 409. The
 * last 20 are kept, in memory: they are gone with the console, what they did is not.
 */
export const errand = z.object({
  id: text,
  kind: z.enum(errandKinds),
  /** What was asked for, in a few words. */
  about: text,
  state: z.enum(['running', 'done', 'failed', 'stopped']),
  startedAt: time,
  endedAt: time.optional(),
  /** In a few words: `12000 of 100000 commits`. */
  progress: text,
  /** From 0 to 1, where it is known. */
  share: z.number().optional(),
  /** Of a `done` one, by its kind: `redriving`, `replayReport`, `loadSummary`, `auditReport`, `diagnosis`. */
  result: z.unknown().optional(),
  /** Of a `failed` one: why. */
  problem: text.optional(),
});
export type Errand = z.output<typeof errand>;
/** Newest first, without results. */
export const errandsPage = z.object({ items: z.array(errand) });

/** Most items of each list in a result; counts tell how many there are. */
export const RESULT_ITEMS_MAX = 200;

const violation = z.object({ invariant: text, where: text, found: text });

/** What `refrain audit` finds. */
export const auditReport = z.object({
  checked: z.record(text, count),
  /** How often each invariant was checked. */
  invariants: z.record(text, count),
  /** The first ones of each; `counts` says how many there are. */
  violations: z.array(violation),
  unchecked: z.array(z.object({ invariant: text, where: text, why: text })),
  waiting: z.array(
    z.object({ where: text, orderId: text, reason: text, due: time.optional(), answer: text.optional() }),
  ),
  unsettled: z.array(z.object({ orderId: text, status: text, placedAt: time })),
  counts: z.object({ violations: count, unchecked: count, waiting: count, unsettled: count }),
});
export type AuditReport = z.output<typeof auditReport>;

const finding = z.object({ check: text, about: text, found: text, means: text, todo: text });

/** What `refrain doctor` finds. */
export const diagnosis = z.object({
  healthy: z.boolean(),
  findings: z.array(finding),
  notes: z.array(finding),
  unasked: z.array(z.object({ what: text, why: text })),
});
export type DiagnosisSeen = z.output<typeof diagnosis>;
