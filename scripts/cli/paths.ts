import { join, resolve } from 'node:path';

/** The checkout this CLI lies in. */
export const root = resolve(import.meta.dirname, '../..');

/**
 * Where the processes of a checkout keep what the compiler made of their code, as Node's settings. Kept by
 * paths from that folder on, so that a checkout that was moved finds it.
 */
export const compileCacheOf = (checkout: string): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: join(checkout, '.cache', 'v8'),
  NODE_COMPILE_CACHE_PORTABLE: '1',
});
