import { z } from 'zod';
import { count, text } from './fields.ts';

/** The fault that is set in a sandbox, every default filled in, and what else could be. */
export const sandboxFaults = z.object({
  sandbox: z.enum(['psp', 'mail']),
  /** Its own door, which takes a fault from a terminal too. */
  url: text,
  modes: z.array(text),
  faults: z.looseObject({
    mode: text,
    rate: count,
    delayMs: count,
    capacityPerS: count.optional(),
    seed: count,
    forMs: count,
    retryAfterS: count.optional(),
    answer: text.optional(),
    steps: z.array(text).optional(),
  }),
});
export type SandboxFaults = z.output<typeof sandboxFaults>;
export const faultsPage = z.object({ items: z.array(sandboxFaults) });

/** What `PUT /faults` of the sandbox takes; it says itself what it does not understand. */
export const faultRequest = z.looseObject({ mode: z.string().min(1).max(40) });

/** The mix of `refrain demo`: `orders` of them, `rate` a second; the same seed gives the same ones. */
export const loadRequest = z.strictObject({
  orders: z.int().min(1).max(10_000),
  rate: z.int().min(1).max(200),
  seed: z.int().min(0).max(2_147_483_647).optional(),
});

export const loadSummary = z.object({
  seed: count,
  orders: count,
  /** How many ended in which way. */
  ends: z.record(text, count),
  kinds: z.record(text, count),
  /** The first 200 of each. */
  unsettled: z.array(text),
  broken: z.array(text),
});
export type LoadSummary = z.output<typeof loadSummary>;
