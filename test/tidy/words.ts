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
  ['human', 'person'],
]);

/** Words that are also plain English are left alone in prose. */
const inProse: ReadonlyMap<string, string> = new Map([
  ['saga', 'flow'],
  ['dlq', 'dead letter'],
  ['human', 'person'],
]);

/** How often files said another's word when the rule for it came. They may say it less, never more. */
const ratchet: Readonly<Record<string, number>> = {
  'scripts/audit/audit-under-way.test.ts': 2,
  'scripts/audit/flow.ts': 1,
  'scripts/audit/order-audit.ts': 1,
  'shared/governor/report.ts': 1,
  'shared/runtime/effect-log.ts': 2,
  'shared/runtime/operation-worker.ts': 1,
  'shared/runtime/operations.ts': 2,
  'shared/runtime/sweep.ts': 1,
};

const fileNames = /(^|[/.-])(utils?|helpers?|misc|common)([/.-]|$)/;

/**
 * Where other people's words are named on purpose: the glossary, decisions and comparisons, what Prometheus
 * reads, and the list above.
 */
const exempt = new RegExp(
  [
    '^docs/(adr/|glossary|compar)',
    '^test/(tidy/words|bench/peers/)',
    '^scripts/(nx|monitoring)/',
    '^CHANGELOG[.]md',
  ].join('|'),
);

/** `ChargeTask2` and `charge_task` both hold the word `task`; `multitasking` and `AggregateError` do not. */
function wordsOf(line: string): string[] {
  const text = line.replaceAll('AggregateError', '');
  return text.match(/[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+/g)?.map((word) => word.toLowerCase()) ?? [];
}

export function bannedWords({ path, text }: TreeFile, allowed = ratchet): string[] {
  if (exempt.test(path)) return [];
  const banned = isSource(path) ? inCode : path.endsWith('.md') ? inProse : undefined;
  if (!banned) return [];
  const found = text.split('\n').flatMap((line, i) =>
    [...new Set(wordsOf(line))].flatMap((word) => {
      const ours = banned.get(word) ?? banned.get(word.replace(/s$/, ''));
      return ours === undefined ? [] : [`${path}:${i + 1} says ${word}; our word is ${ours}`];
    }),
  );
  return found.length > (allowed[path] ?? 0) ? found : [];
}

export function vagueFileName({ path }: TreeFile): string[] {
  return fileNames.test(path) ? [`${path} says nothing about what is in it; name it after that`] : [];
}
