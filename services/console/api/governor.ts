import { z } from 'zod';
import { count, saidFields, text } from './fields.ts';

const pinKind = z.enum(['suppressed', 'throttled', 'open']);

/** What a person pinned. `until`, `at`: milliseconds since 1970; without `until` until it is released. */
const pin = z.object({
  kind: pinKind,
  rate: count.optional(),
  until: count.optional(),
  by: text,
  host: text,
  why: text,
  at: count,
});

/** The governor's word on a dependency, all of it that concerns people. */
const word = z.object({
  dependency: text,
  kind: z.enum(['open', 'throttled', 'suppressed', 'probing']),
  reason: text,
  since: count,
  holdMs: count.optional(),
  rate: count.optional(),
  ramp: z.boolean().optional(),
  best: count.optional(),
  warning: text.optional(),
  pin: pin.optional(),
  waiting: count,
  epoch: count,
  tick: count,
  aloneMs: count.optional(),
  saidAgoMs: count,
});

/** What `refrain governor status` shows. */
export const governorPage = z.object({
  lease: z.object({ holder: text, epoch: count, isOwn: z.boolean() }).nullable(),
  policyVersion: count,
  /** Whether somebody speaks, on everything there is; else instances keep to what they may do alone. */
  speaks: z.boolean(),
  words: z.array(word),
  /** Retries of all instances in the last 10 s, and how many there may be. */
  budgets: z.array(z.object({ dependency: text, used: count, allowed: count, ramp: z.boolean().optional() })),
  instances: z.array(
    z.object({
      service: text,
      instance: text,
      heardAgoMs: count,
      load: z.object({
        consumerLag: count,
        handlingMs: count,
        scheduleLateMs: count,
        clockOffsetMs: count,
        oldestOverdueMs: count,
      }),
    }),
  ),
});
export type GovernorPage = z.output<typeof governorPage>;

const change = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('word'),
    v: count,
    at: count,
    kind: text,
    reason: text,
    rate: count.optional(),
    ramp: z.boolean().optional(),
    epoch: count,
  }),
  z.object({ what: z.literal('pinned'), v: count, at: count, pin }),
  z.object({ what: z.literal('released'), v: count, at: count, by: text, host: text, why: text }),
]);

/** What became different about a dependency, newest first; the governor keeps the last lines only. */
export const governorHistory = z.object({ items: z.array(change) });
export type GovernorHistory = z.output<typeof governorHistory>;

/**
 * `rate`, calls a second, is required for `throttled` and for nothing else. `forS`: until then, else for
 * good.
 */
export const pinRequest = z
  .strictObject({
    ...saidFields,
    kind: pinKind,
    rate: z.number().positive().max(1_000_000).optional(),
    forS: z.int().min(1).max(2_592_000).optional(),
  })
  .refine(
    ({ kind, rate }) => (kind === 'throttled') === (rate !== undefined),
    'expected a rate for throttled, and for nothing else',
  );
export const pinned = z.object({ dependency: text, pin });
export const released = z.object({
  dependency: text,
  released: z.object({ by: text, host: text, why: text }),
});
