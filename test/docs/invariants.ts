import { isTest, type TreeFile } from '../tidy/tree.ts';

const heading = '\n## Invariants\n';

/** The numbered paragraphs under the heading, each as one line. */
function invariantsOf(text: string): { number: number; said: string }[] {
  const [, after = ''] = text.split(heading);
  const [section = ''] = after.split(/^## /m);
  return [...section.matchAll(/^(\d+)\. (.*(?:\n {2,}.*)*)/gm)].map(([, number, said = '']) => ({
    number: Number(number),
    said: said.replaceAll(/\n */g, ' '),
  }));
}

const testsIn = (said: string): string[] =>
  [...said.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name).filter(isTest);

/** An invariant that no test guards is a wish. */
export function badInvariants({ path, text }: TreeFile, paths: ReadonlySet<string>): string[] {
  const invariants = invariantsOf(text);
  if (invariants.length === 0) return [`${path} has no numbered invariants under ${heading.trim()}`];
  return invariants.flatMap(({ number, said }, i) => {
    const tests = testsIn(said);
    return [
      ...(number === i + 1 ? [] : [`${path}: invariant ${number} stands where ${i + 1} should`]),
      ...(tests.length > 0 ? [] : [`${path}: no test guards invariant ${number}`]),
      ...tests
        .filter((test) => !paths.has(test))
        .map((test) => `${path}: invariant ${number} names ${test}, which is not there`),
    ];
  });
}

/** The latest row of a decision names a test that is there. */
export function unguardedAdr({ path, text }: TreeFile, paths: ReadonlySet<string>): string[] {
  const rows = [...text.matchAll(/^\| \d{4}-\d{2}-\d{2} \| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)];
  const tests = testsIn(rows.at(-1)?.[1] ?? '');
  if (tests.length === 0) return [`${path} is guarded by no test`];
  return tests
    .filter((test) => !paths.has(test))
    .map((test) => `${path} is guarded by ${test}, which is not there`);
}
