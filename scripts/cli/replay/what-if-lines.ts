import type { Course, CourseSum } from '@refrain/retry';
import { table } from '../output.ts';
import type { WhatIf } from './what-if.ts';
import { plural } from '../plural.ts';

/** Most operations whose calls are listed for a person; `--json` has all. */
const SHOWN_MAX = 10;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const secondsOr = (ms: number | undefined): string => (ms === undefined ? '-' : seconds(ms));

const ASSUMED = [
  'Assumed: the first call of each operation as it was, each retry when it is due (no word of the governor holds it), a',
  'call takes no time, and the provider answers at a moment as it answered the last call on record before it. So a retry',
  'before the recovery on record fails again. "rule of then" is the same model with the rule that was in force: how far it',
  'is from "on record" is how far the model is off.',
];

/** What would have been, for a person: sums beside each other, then when each call would have been made. */
export function linesOf(service: string, found: WhatIf): string[] {
  const { rule, operations, leftOut, held } = found;
  const asked = Object.entries(rule).map(([name, value]) => `${name}=${value}`);
  const out = Object.entries(leftOut).map(([why, n]) => `${n} because ${why}`);
  const first = Math.min(...operations.map(({ recorded }) => recorded.calls[0]?.at ?? Infinity));
  const last = Math.max(...operations.map(({ recorded }) => recorded.endAt));
  const none = operations.length === 0;
  const begun = none ? '' : `, from ${new Date(first).toISOString()} to ${new Date(last).toISOString()}`;
  return [
    `What if ${service} had retried with ${asked.join(' ')}?`,
    `${plural(operations.length, 'operation')} failed at least once and can be compared${begun}`,
    ...(out.length > 0 ? [`left out: ${out.join(', ')}`] : []),
    ...(held > 0 ? [`on record the governor held ${plural(held, 'attempt')}, which no rule changes`] : []),
    ...(none ? [] : ['', ...sumLines(found), '', ...operations.slice(0, SHOWN_MAX).flatMap(courseLines)]),
    ...(operations.length > SHOWN_MAX
      ? [`and ${operations.length - SHOWN_MAX} more: --json lists them`]
      : []),
    ...(none ? [] : ['', ...ASSUMED]),
  ];
}

function sumLines({ sums: { recorded, before, asked }, answeredByBoth: both }: WhatIf): string[] {
  const row = (name: string, of: (sum: CourseSum) => string | number): string[] => [
    `  ${name}`,
    ...[recorded, before, asked].map((sum) => String(of(sum))),
    difference(of(before), of(asked)),
  ];
  // Where one rule gives up what the other waits for, the columns tell the times of different operations.
  const sameOnes = [before, asked].every(({ answered }) => answered === both.asked.answered);
  const whose = sameOnes ? '' : `, of ${both.asked.answered} answered by both`;
  const time = (name: string, of: (sum: CourseSum) => number | undefined): string[] => {
    const against = later(of(both.before), of(both.asked));
    return [
      `  ${name}`,
      ...[recorded, before, asked].map((sum) => secondsOr(of(sum))),
      against === '-' ? against : `${against}${whose}`,
    ];
  };
  return table([
    ['', 'on record', 'rule of then', 'asked', 'asked against then'],
    row('calls', (sum) => sum.calls),
    row('retries', (sum) => sum.retries),
    row('answered', (sum) => sum.answered),
    row('given up', (sum) => sum.gaveUp),
    row('open at the end of the record', (sum) => sum.open),
    time('of those answered: after, median', (sum) => sum.medianMs),
    time('of those answered: after, longest', (sum) => sum.longestMs),
  ]);
}

function difference(before: string | number, asked: string | number): string {
  const more = Number(asked) - Number(before);
  if (more === 0) return 'the same';
  return more > 0 ? `${more} more` : `${-more} fewer`;
}

function later(before: number | undefined, asked: number | undefined): string {
  if (before === undefined || asked === undefined) return '-';
  const more = asked - before;
  if (Math.abs(more) < 50) return 'the same';
  return more > 0 ? `${seconds(more)} later` : `${seconds(-more)} earlier`;
}

function courseLines({ operation, effect, flow, recorded, asked }: WhatIf['operations'][number]): string[] {
  return [
    `${effect} ${operation}, order ${flow}`,
    `  on record  ${courseText(recorded)}`,
    `  asked      ${courseText(asked)}`,
  ];
}

/** Most calls of one line. */
const CALLS_MAX = 12;

function courseText({ calls, end, endAt }: Course): string {
  const from = calls[0]?.at ?? 0;
  const shown = calls
    .slice(0, CALLS_MAX)
    .map(({ at, failure }) => `+${seconds(at - from)} ${failure ?? 'answered'}`);
  const more = calls.length > CALLS_MAX ? [`and ${calls.length - CALLS_MAX} more`] : [];
  const ended =
    end === 'gave up' ? [`+${seconds(endAt - from)} given up`] : end === 'open' ? ['still open'] : [];
  return [...shown, ...more, ...ended].join(', ');
}
