import { expect, test } from 'vitest';
import { isAdr } from '../tidy/adr.ts';
import { treeFiles } from '../tidy/tree.ts';
import { badInvariants, unguardedAdr } from './invariants.ts';
import { treePaths } from './pages.ts';

const paths = new Set(['test/a.test.ts', 'test/b.chaos.test.ts']);
const page = (...items: string[]): string[] =>
  badInvariants({ path: 'A.md', text: `# A\n\n## Invariants\n\n${items.join('\n')}\n\nThe end.\n` }, paths);
const adr = (guard: string): string[] =>
  unguardedAdr({ path: '0001-a.md', text: `| 2026-11-24 | accepted | - | ${guard} |\n` }, paths);

test('invariants with their tests are fine, on one line or more', () => {
  expect(page('1. **So.** `test/a.test.ts`', '2. **And so**, always:\n   `test/b.chaos.test.ts`')).toEqual(
    [],
  );
});

test('an invariant without a test, with one that is not there, or out of order is found', () => {
  expect(page('1. **So.** `test/a.ts`')).toEqual(['A.md: no test guards invariant 1']);
  expect(page('1. **So.** `test/c.test.ts`')).toEqual([
    'A.md: invariant 1 names test/c.test.ts, which is not there',
  ]);
  expect(page('2. **So.** `test/a.test.ts`')).toHaveLength(1);
  expect(badInvariants({ path: 'A.md', text: '# A\n' }, paths)).toHaveLength(1);
});

test('a decision without a test, or with one that is not there, is found', () => {
  expect(adr('`test/a.test.ts`')).toEqual([]);
  expect(adr('nothing')).toEqual(['0001-a.md is guarded by no test']);
  expect(adr('`test/a.test.ts`, `test/c.test.ts`')).toHaveLength(1);
});

test('every invariant and every decision is guarded by a test that is there', () => {
  const tree = treePaths();
  const files = treeFiles();
  const architecture = files.filter(({ path }) => path === 'ARCHITECTURE.md');
  const found = [
    ...architecture.flatMap((file) => badInvariants(file, tree)),
    ...files.filter(isAdr).flatMap((file) => unguardedAdr(file, tree)),
  ];
  expect(architecture).toHaveLength(1);
  expect(found).toEqual([]);
});
