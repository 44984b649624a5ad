import type { TreeFile } from './tree.ts';

/** The entities that a test runs the laws on, by the names of their deciders. */
const triedIn = (text: string): string[] =>
  [...text.matchAll(/\blawsOf\(\{\s*decider(?:: (\w+))?,/g)].map(([, name]) => name ?? 'decider');

/** A decider that no law tries may lose a cancellation, or a success, and every test of it is green. */
export function lawless(
  { service, entities }: { service: string; entities: Readonly<Record<string, unknown>> },
  files: readonly TreeFile[],
): string[] {
  const tests = files.filter(
    ({ path }) => path.startsWith(`services/${service}/`) && path.endsWith('.test.ts'),
  );
  const tried = new Set(tests.flatMap(({ text }) => triedIn(text)));
  return Object.keys(entities)
    .filter((entityType) => !tried.has(entityType))
    .map((entityType) => `services/${service} has no test that runs lawsOf({ decider: ${entityType}, ... })`);
}
