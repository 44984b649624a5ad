import { z } from 'zod';

/** What a child says over its IPC channel. */
const message = z.union([
  /** It does its work now, and is reached there. */
  z.looseObject({ ready: z.literal(true), url: z.string().optional() }),
  /** A keeper names the process it keeps. */
  z.looseObject({ keeps: z.number() }),
]);

export type ChildMessage = z.infer<typeof message>;

export const readMessage = (value: unknown): ChildMessage | undefined => message.safeParse(value).data;
