import { z } from 'zod';
import { count, text, time } from './fields.ts';
import { processSeen, serviceSeen, wordSeen } from './overview.ts';

/** Most frames a second, and listeners at once: one more is answered with 503. */
export const FRAMES_PER_S_MAX = 2;
export const LISTENERS_MAX = 32;

/**
 * What happened since the frame before: an SSE event `frame`, at most two a second, and at least one in five
 * seconds, which is how a listener knows that the line is alive. Its size is bounded by the number of event
 * types, services, dependencies and processes. A listener that does not read is cut off; it comes again by
 * itself (EventSource does) and misses only what lies between.
 */
export const frame = z.object({
  at: time,
  /** The time that `events` spans, in milliseconds. */
  ms: count,
  /** How many events of each type were recorded, `orders.OrderPlaced`; types that were not are left out. */
  events: z.record(text, count),
  /** The latest of them, oldest first, at most 20. `orderId`: where the entity bears an order's id. */
  latest: z.array(z.object({ at: time, service: text, type: text, entity: text, orderId: text.optional() })),
  /** As they stand now; left out where nothing about them changed. */
  services: z.array(serviceSeen).optional(),
  words: z.array(wordSeen).optional(),
  processes: z.array(processSeen).optional(),
});
export type Frame = z.output<typeof frame>;
