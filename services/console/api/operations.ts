import { z } from 'zod';
import { count, missing, name, pageFields, pageOf, saidFields, text, time } from './fields.ts';

/** An operation without an outcome, as `refrain retries ls` shows it. */
const operationSeen = z.object({
  id: text,
  service: text,
  entity: text,
  flow: text,
  effect: text,
  dependency: text,
  /**
   * `open`: due or under way. `parked`: due later, or held. `waiting`: outcome unknown. `defect`: a bug of
   * ours.
   */
  state: z.enum(['open', 'parked', 'waiting', 'defect', 'closed']),
  since: time,
  attempts: count,
  attemptsMax: count,
  due: time.optional(),
  lastFailure: z
    .object({ name: text, class: text, happened: text, reason: text.optional(), at: time })
    .optional(),
  held: z.object({ until: time.optional(), reason: text.optional() }).optional(),
  asked: z.enum(['retry', 'cancel']).optional(),
  defect: z.object({ letter: text, error: text }).optional(),
  needs: z.array(z.enum(['verdict', 'redrive'])).optional(),
});
export type OperationSeen = z.output<typeof operationSeen>;

export const retriesQuery = z.strictObject({
  ...pageFields,
  state: z.enum(['open', 'parked', 'waiting', 'defect']).optional(),
  flow: name.optional(),
});

/** Oldest first, over all services. */
export const retriesPage = pageOf(operationSeen).extend({ missing });
export type RetriesPage = z.output<typeof retriesPage>;

export const retryWord = z.strictObject({
  ...saidFields,
  /** The attempt that is meant; without it the last one on record. */
  attempt: z.int().min(0).optional(),
});

/** The attempt is required: a word about one must never be taken for the next. */
export const verdictWord = z.strictObject({
  ...saidFields,
  happened: z.boolean(),
  attempt: z.int().min(0),
});

/** All that the log says of an operation, in plain sentences: `refrain why`. */
export const operationStory = z.object({
  operation: text,
  service: text,
  entity: text,
  flow: text,
  effect: text,
  dependency: text,
  status: text,
  attempts: count,
  /** Its trace's id. */
  trace: text.optional(),
  steps: z.array(
    z.object({
      at: time,
      seq: count,
      type: text,
      sentences: z.array(text),
      cause: text,
      data: z.unknown(),
    }),
  ),
  /** What follows, and what a person can do. */
  next: text,
});
export type OperationStory = z.output<typeof operationStory>;
