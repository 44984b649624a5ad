import { z } from 'zod';
import { count, name, text } from './fields.ts';

const position = z.string().min(1).max(40);

/** What `refrain replay` takes. `from`, `to`: a sequence or a time of its log, both included. */
export const replayRequest = z.strictObject({
  service: name,
  from: position.optional(),
  to: position.optional(),
  /** `charge/ord-7`: only its decisions. */
  entity: z.string().min(1).max(129).optional(),
});

const toldEvent = z.object({ type: text, version: count, data: z.unknown() });

/** A decision that comes out otherwise today. Personal fields are masked as `…`. */
const difference = z.object({
  entity: text,
  seq: count,
  /** Milliseconds since 1970. */
  at: count,
  cause: text,
  reaction: text,
  correlation: text,
  because: z.object({ service: text, type: text, seq: count }).optional(),
  recorded: z.array(toldEvent),
  decided: z.array(toldEvent),
  problem: text.optional(),
  derived: z.boolean().optional(),
});
export type DifferenceSeen = z.output<typeof difference>;

export const replayReport = z.object({
  service: text,
  commits: count,
  events: count,
  heard: count,
  same: count,
  different: count,
  mended: count,
  notDecided: z.record(text, count),
  /** The first 200, in the order of the log; `different` says how many there are. */
  differences: z.array(difference),
  seconds: count,
  commitsPerSecond: count,
});
export type ReplaySeen = z.output<typeof replayReport>;
