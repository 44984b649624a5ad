import { isSource, type TreeFile } from './tree.ts';

/** One word for one thing: what others call it, and what it is called here. */
const inCode: ReadonlyMap<string, string> = new Map([
  ['saga', 'flow'],
  ['workflow', 'flow'],
  ['aggregate', 'entity'],
  ['job', 'operation'],
  ['task', 'operation'],
  ['dlq', 'dead letter'],
  ['projection', 'read model'],
]);

/** Words that are also plain English are left alone in prose. */
const inProse: ReadonlyMap<string, string> = new Map([
  ['saga', 'flow'],
  ['dlq', 'dead letter'],
]);

const fileNames = /(^|[/.-])(utils?|helpers?|misc|common)([/.-]|$)/;

/**
 * Where other people's words are named on purpose: the glossary, decisions and comparisons, and the list
 * above.
 */
const exempt =
  /^(docs\/(adr\/|glossary|compar)|test\/tidy\/words|test\/bench\/peers\/|scripts\/nx\/|CHANGELOG\.md)/;

/** `ChargeTask2` and `charge_task` both hold the word `task`; `multitasking` and `AggregateError` do not. */
function wordsOf(line: string): string[] {
  const text = line.replaceAll('AggregateError', '');
  return text.match(/[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+/g)?.map((word) => word.toLowerCase()) ?? [];
}

export function bannedWords({ path, text }: TreeFile): string[] {
  if (exempt.test(path)) return [];
  const banned = isSource(path) ? inCode : path.endsWith('.md') ? inProse : undefined;
  if (!banned) return [];
  return text.split('\n').flatMap((line, i) =>
    [...new Set(wordsOf(line))].flatMap((word) => {
      const ours = banned.get(word) ?? banned.get(word.replace(/s$/, ''));
      return ours === undefined ? [] : [`${path}:${i + 1} says ${word}; our word is ${ours}`];
    }),
  );
}

export function vagueFileName({ path }: TreeFile): string[] {
  return fileNames.test(path) ? [`${path} says nothing about what is in it; name it after that`] : [];
}
