import { z } from 'zod';
import { faultFields } from '../door/faults.ts';

const steps = ['create', 'confirm', 'refund', 'lookup', 'cancel', 'other'] as const;
const modes = [
  'none', // answers at once
  'slow', // does the work, answers after delayMs; meanwhile the key is in use
  'throttle', // 429 with Retry-After: over capacityPerS, or by chance where no capacity is set
  'fail_before', // 500, nothing done, nothing stored
  'fail_after', // done and stored, and the caller hears nothing, or a 500 (see `answer`)
  'sticky_500', // nothing done, and that 500 is stored under the key: it is what every repeat gets
  'in_progress', // 409 for delayMs, then the work is done, whether or not anybody asks again
  'down', // takes the request, records it, cuts the connection
  'gone', // nobody listens for forMs
] as const;

export const pspFaults = z.strictObject({
  mode: z.enum(modes),
  ...faultFields,
  /** What `Retry-After` says, in seconds. Default 1. */
  retryAfterS: z.int().min(0).max(3_600).default(1),
  /** The steps that faults, and the capacity, touch. Default: all of them. */
  steps: z.array(z.enum(steps)).min(1).optional(),
  /** What the caller sees of `fail_after`. Default: a reset connection. */
  answer: z.enum(['reset', '500']).default('reset'),
});

/** The fault as it is in force, every default filled in. `PUT /faults` needs the mode only. */
export type PspFaults = z.output<typeof pspFaults>;
