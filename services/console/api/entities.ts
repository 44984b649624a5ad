import { z } from 'zod';
import { count, text, time } from './fields.ts';

export const entityQuery = z.strictObject({
  /** As it was at that sequence of its service's log, or at that time; now where it is missing. */
  at: z.string().min(1).max(40).optional(),
});

/** Most positions of a time slider: of an entity with more commits, the latest. */
export const POSITIONS_MAX = 500;

const change = z.object({
  /** `lines.0.quantity`; empty for the whole. */
  path: text,
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

/** An entity at a place in its log, from the log alone: what `refrain state --at` and `refrain diff` show. */
export const entityPage = z.object({
  service: text,
  /** `charge/ord-7`. */
  entity: text,
  /** Where one can stop: every commit, oldest first. */
  positions: z.array(z.object({ seq: count, at: time, types: z.array(text) })),
  truncated: z.boolean(),
  /** The position shown; 0: before the entity began, where `state` is `null`. */
  seq: count,
  at: time.nullable(),
  /** Personal fields are masked as `…`. */
  state: z.unknown(),
  operations: z.array(
    z.object({
      id: text,
      effect: text,
      status: text,
      attempts: count,
      lastFailure: text.optional(),
      due: time.optional(),
    }),
  ),
  /** What the commit at `seq` changed, event by event. */
  changes: z.array(
    z.object({
      type: text,
      cause: text,
      changes: z.array(change),
      operations: z.record(text, z.array(change)),
    }),
  ),
});
export type EntityPage = z.output<typeof entityPage>;
