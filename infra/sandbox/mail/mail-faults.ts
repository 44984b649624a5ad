import { z } from 'zod';
import { faultFields } from '../door/faults.ts';

const modes = [
  'none', // answers at once
  'slow', // keeps the mail, sends the 250 after delayMs
  'throttle', // 450 before DATA: over capacityPerS, or by chance where no capacity is set
  'fail_before', // 451 before DATA, nothing kept
  'fail_after', // kept, and the connection is cut before the 250
  'down', // takes the connection, records it, cuts it
  'gone', // nobody listens for SMTP for forMs; the HTTP port stays
] as const;

export const mailFaults = z.strictObject({ mode: z.enum(modes), ...faultFields });

/** The fault as it is in force, every default filled in. `PUT /faults` needs the mode only. */
export type MailFaults = z.output<typeof mailFaults>;
