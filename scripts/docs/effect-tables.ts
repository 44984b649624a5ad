import type { AnyContract, EffectRule, FailureRule, Repeat } from '@refrain/contract-kit';

const units: readonly (readonly [name: string, ms: number])[] = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** `24 h`, `2 min`, `0.2 s`: the largest unit of which it holds one or more. */
export function durationOf(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms >= length) ?? ['s', 1_000];
  return `${ms / size} ${unit}`;
}

function repeatOf(repeat: Repeat): string {
  if (repeat.kind === 'unsafe') return 'unsafe';
  const { horizonMs, lookup } = repeat;
  const asked = lookup ? `, lookup visible within ${durationOf(lookup.visibleWithinMs)}` : '';
  return `keyed for ${durationOf(horizonMs)}${asked}`;
}

const recordedBy = (rule: FailureRule): string => (rule.class === 'rejected' ? rule.records : rule.givingUp);

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows, ''].join('\n');

function effectRow(name: string, rule: EffectRule): string {
  const { attempts, firstDelayMs, maxDelayMs } = rule.retry;
  return row(
    `\`${name}\``,
    `\`${rule.after}\``,
    rule.dependency,
    rule.steps.map((step) => `\`${step}\``).join(', '),
    repeatOf(rule.repeat),
    durationOf(rule.timeoutMs),
    String(attempts),
    `${durationOf(firstDelayMs)} to ${durationOf(maxDelayMs)}`,
  );
}

const failureRows = (name: string, { failures }: EffectRule): string[] =>
  Object.entries(failures).map(([failure, rule]) =>
    row(`\`${name}\``, `\`${failure}\``, rule.class, rule.happened, `\`${recordedBy(rule)}\``),
  );

/** What the contracts say of their effects: one table of the rules, one of the failures. */
export function effectTables(contracts: readonly AnyContract[]): string {
  const effects = contracts.flatMap(({ $contract }) =>
    Object.entries($contract.effects).map(([name, rule]) => [`${$contract.service}.${name}`, rule] as const),
  );
  const rules = table(
    ['effect', 'intent', 'calls', 'steps', 'repeat', 'timeout', 'attempts', 'delays'],
    effects.map(([name, rule]) => effectRow(name, rule)),
  );
  const failures = table(
    ['effect', 'failure', 'class', 'happened', 'recorded'],
    effects.flatMap(([name, rule]) => failureRows(name, rule)),
  );
  return `${rules}\n${failures}`;
}
