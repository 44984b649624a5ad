import { z } from 'zod';

/** What an order has that nobody set another deadline for, in seconds. */
export const DEADLINE_S_DEFAULT = 900;

const shape = { error: 'expected a whole number from 1 to 86400' };

/** How long an order may take before it is cancelled, as `ORDER_DEADLINE_S` says it: seconds, up to a day. */
export const deadlineSeconds = z
  .string(shape)
  .regex(/^\d+$/, shape)
  .transform(Number)
  .pipe(z.number(shape).min(1, shape).max(86_400, shape));
