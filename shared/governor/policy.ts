import { z } from 'zod';

const ratio = z.number().min(0).max(1);
const milliseconds = z.number().positive();
const levels = (warn: number, throttle: number) =>
  z
    .strictObject({ warn: milliseconds.default(warn), throttle: milliseconds.default(throttle) })
    .prefault({})
    .refine((l) => l.warn < l.throttle, 'expected warn below throttle');

/** When the governor warns, throttles and suppresses, and how much is allowed. Every value has a default. */
export const policy = z.strictObject({
  /** Retries in any 10 s: this share of the first attempts in them, and so many more. */
  budget: z
    .strictObject({ share: ratio.default(0.2), more: z.int().min(0).max(10_000).default(10) })
    .prefault({}),
  /** Shares of failed calls (all classes but `rejected`) over `windowMs`, from `callsMin` calls on. */
  failures: z
    .strictObject({
      warn: ratio.default(0.1),
      throttle: ratio.default(0.25),
      suppress: ratio.default(0.6),
      windowMs: milliseconds.default(5_000),
      callsMin: z.int().min(1).default(5),
    })
    .prefault({})
    .refine((f) => f.warn < f.throttle && f.throttle < f.suppress, 'expected warn < throttle < suppress'),
  /** How long calls are held at first, in milliseconds; doubling up to `maxMs` while probes fail. */
  suppress: z
    .strictObject({ firstMs: milliseconds.default(1_000), maxMs: milliseconds.default(2_000) })
    .prefault({}),
  /** After an outage: calls of a second at most `factor` times the successes of the one before. */
  ramp: z
    .strictObject({ factor: z.number().gt(1).max(2).default(1.7), floor: z.int().min(1).default(1) })
    .prefault({}),
  load: z
    .strictObject({
      consumerLag: levels(2_000, 10_000),
      handlingMs: levels(1_000, 5_000),
      scheduleLateMs: levels(2_000, 10_000),
      clockOffsetMs: levels(500, 1_500),
      oldestOverdueMs: levels(60_000, 300_000),
    })
    .prefault({}),
});
export type Policy = z.output<typeof policy>;

export const defaultPolicy: Policy = policy.parse({});

/** A policy as it is kept: who set it, when and why. Version 0 is the default. */
export const storedPolicy = z.strictObject({
  version: z.int().min(0),
  policy,
  by: z.string(),
  host: z.string(),
  why: z.string(),
  at: z.number(),
});
export type StoredPolicy = z.output<typeof storedPolicy>;
