import type { Audit } from '../../audit/mod.ts';
import { table } from '../output.ts';
import { plural } from '../plural.ts';

/** Most lines of one kind for a person; `--json` has all of them. */
const shownMax = 20;

function listed(title: string, rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - shownMax;
  return [
    '',
    title,
    ...table(rows.slice(0, shownMax)).map((row) => `  ${row}`),
    ...(more > 0 ? [`  and ${more} more: --json lists them`] : []),
  ];
}

/** The first of each promise, then the second of each: a thousand of one must not hide one of another. */
function eachInTurn(violations: Audit['violations']): Audit['violations'] {
  const seen = new Map<string, number>();
  const turnOf = (invariant: string): number => {
    const turn = seen.get(invariant) ?? 0;
    seen.set(invariant, turn + 1);
    return turn;
  };
  const turns = violations.map((violation) => ({ violation, turn: turnOf(violation.invariant) }));
  return turns.toSorted((a, b) => a.turn - b.turn).map(({ violation }) => violation);
}

/**
 * Why a promise was not checked once: what would show it is not there yet, or there is nothing of the kind.
 */
const notChecked = (unsettled: number): string =>
  unsettled === 0
    ? 'nothing to check'
    : `not checked: ${plural(unsettled, 'order is', 'orders are')} not settled`;

/** `unrecordedCalls` is `unrecorded calls`. */
const asWords = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The audit for a person: what was checked and how often, what is broken, what waits, what goes on. */
export function linesOf(audit: Audit): string[] {
  const { checked, invariants, violations, unchecked, waiting, unsettled } = audit;
  const broken = new Set(violations.map(({ invariant }) => invariant));
  const mark = (name: string, n: number): string => (broken.has(name) ? 'BROKEN' : n === 0 ? '-' : 'holds');
  const notAll = (name: string): string =>
    unchecked
      .filter(({ invariant }) => invariant === name)
      .map(({ where, why }) => `${where}: ${why}`)
      .join('; ');
  const times = (name: string, n: number): string => {
    const why = notAll(name);
    if (n === 0) return why || notChecked(unsettled.length);
    return plural(n, 'time') + (why && `; ${why}`);
  };
  return [
    `audited ${Object.entries(checked)
      .map(([what, n]) => `${n} ${asWords(what)}`)
      .join(', ')}`,
    ...table(Object.entries(invariants).map(([name, n]) => [`  ${mark(name, n)}`, name, times(name, n)])),
    ...listed(
      `${plural(violations.length, 'violation')}:`,
      eachInTurn(violations).map(({ invariant, where, found }) => [invariant, where, found]),
    ),
    ...listed(
      `${waiting.length} waiting:`,
      waiting.map(({ where, reason, due, answer }) => [
        where,
        `${due === undefined ? reason : `${reason} (${due})`}${answer === undefined ? '' : `: ${answer}`}`,
      ]),
    ),
    ...listed(
      `${unsettled.length} not settled:`,
      unsettled.map(({ orderId, status, placedAt }) => [orderId, status, `since ${placedAt}`]),
    ),
    '',
    `${plural(violations.length, 'violation')}, ${waiting.length} waiting, ${unsettled.length} not settled`,
  ];
}
