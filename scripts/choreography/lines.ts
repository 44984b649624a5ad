import type { BoundReport, CheckReport, Counterexample, Finding } from '@refrain/checking';
import { plural } from '../cli/plural.ts';

const count = (n: number): string => n.toLocaleString('en-US');

function findingLines({ rule, where, what, why, todo }: Finding): string[] {
  return [`FOUND  ${rule}`, `  where  ${where}`, `  what   ${what}`, `  why    ${why}`, `  to do  ${todo}`];
}

/** A counterexample as a story: given, then, expected, found. */
export function storyLines({ invariant, given, steps, expected, found }: Counterexample): string[] {
  const width = Math.max(0, ...steps.map(({ step }) => step.length));
  const told = steps.map(({ step, records }, i) => {
    const place = (i === 0 ? 'then' : '').padEnd(9) + `${String(i + 1).padStart(2)}  `;
    return `  ${place}${step.padEnd(width)}  ${records.length === 0 ? '-' : records.join(', ')}`;
  });
  return [
    `BROKEN  ${invariant}`,
    `  given    ${given}`,
    ...told,
    `  expected ${expected}`,
    `  found    ${found}`,
  ];
}

function boundLine({ name, states, transitions, depth, ends, exhausted, seconds }: BoundReport): string {
  const rate = seconds > 0 ? `${count(Math.round(transitions / seconds))}/s` : '-';
  const end = exhausted ? `exhausted, ${count(ends)} ends` : 'not exhausted';
  return [
    `  ${name}`,
    `    ${count(states)} states, depth ${depth}, ${count(transitions)} transitions, ${rate}: ${end}`,
  ].join('\n');
}

/** Whether nothing was found, in whatever time there was. */
export const isSound = ({ findings, counterexample }: CheckReport): boolean =>
  findings.length === 0 && counterexample === undefined;

/** The report for a person. */
export function linesOf(report: CheckReport): string[] {
  const { findings, counterexample, bounds, largest, judged } = report;
  return [
    ...findings.flatMap(findingLines),
    ...(counterexample ? storyLines(counterexample) : []),
    'tried, bound after bound:',
    ...bounds.map(boundLine),
    ...(largest ? [`largest bound exhausted: ${largest.name}, ${count(largest.states)} states`] : []),
    ...(judged ? [] : ['not judged: what nobody records, hears or undoes; more --seconds are needed']),
    `${plural(findings.length, 'finding')}, ${plural(counterexample ? 1 : 0, 'counterexample')}`,
  ];
}
