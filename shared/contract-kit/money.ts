import { z } from 'zod';

/** An amount at every door of the shop: `minor` units (1250 = 12.50), one currency. */
export const Money = z.strictObject({ minor: z.int().nonnegative(), currency: z.literal('EUR') });
export type Money = z.output<typeof Money>;
