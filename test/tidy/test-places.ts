import { matchesGlob } from 'node:path';

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
