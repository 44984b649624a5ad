import { resolve } from 'node:path';

/** The checkout this CLI lies in. */
export const root = resolve(import.meta.dirname, '../..');
