import { matchesGlob } from 'node:path';
import type { TreeFile } from './tree.ts';

export interface TestPlace {
  name: string;
  include: readonly string[];
  exclude: readonly string[];
}

/**
 * Only what is run can fail: a test that no project takes is one nobody hears of, one that two take is paid
 * twice.
 */
export function misplacedTests(paths: readonly string[], places: readonly TestPlace[]): string[] {
  const matches = (path: string, globs: readonly string[]): boolean =>
    globs.some((glob) => matchesGlob(path, glob));
  return paths.flatMap((path) => {
    const taken = places.filter(({ include, exclude }) => matches(path, include) && !matches(path, exclude));
    if (taken.length === 1) return [];
    return [
      `${path} belongs to ${taken.map(({ name }) => name).join(' and ') || 'no project of vitest.config.ts'}`,
    ];
  });
}

/** Tests of the running shop share one. What starts its own pays for it: it is a `.chaos.test.ts`. */
export const shopsOfTheirOwn = (files: readonly TreeFile[]): string[] =>
  files
    .filter(({ path }) => path.endsWith('.shop.test.ts'))
    .filter(({ text }) => !text.includes('attachShop(') || /\bstart\w*Shop\w*\(/.test(text))
    .map(({ path }) => `${path} starts a shop of its own: call it .chaos.test.ts`);
