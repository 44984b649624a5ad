import type { Ended } from './place.ts';
import { plural } from '../plural.ts';

export interface DemoSummary {
  readonly seed: number;
  readonly orders: number;
  readonly replayed: number;
  /** How many ended in which way. */
  readonly ends: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly unsettled: readonly string[];
  readonly unexpected: readonly Ended[];
  readonly broken: readonly Ended[];
}

export function summarise(seed: number, results: readonly Ended[]): DemoSummary {
  return {
    seed,
    orders: results.length,
    replayed: results.filter(({ replayed }) => replayed).length,
    ends: count(results.map(({ end }) => end)),
    kinds: count(results.map(({ kind }) => kind)),
    unsettled: results.flatMap(({ settled, orderId }) => (settled || orderId === undefined ? [] : [orderId])),
    unexpected: results.filter(({ unexpected }) => unexpected),
    broken: results.filter(({ broken }) => broken !== undefined),
  };
}

const count = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, names.filter((other) => other === name).length]),
  );

/** Promises kept are one line each; what was not kept is named. */
export function linesOf(summary: DemoSummary): string[] {
  const width = Math.max(...Object.keys(summary.ends).map((end) => end.length), 0);
  const { kinds } = summary;
  return [
    `${plural(summary.orders, 'order')} of seed ${summary.seed}${summary.replayed > 0 ? `, ${summary.replayed} of them known from before` : ''}`,
    ...Object.entries(summary.ends).map(([end, n]) => `  ${end.padEnd(width)}  ${String(n).padStart(4)}`),
    `  (${kinds['sent twice'] ?? 0} were sent twice at once, ${kinds['key reused'] ?? 0} keys were used again for another order)`,
    ...summary.unexpected.map(
      ({ kind, orderId, end }) => `unexpected: ${orderId ?? '-'} (${kind}) ended ${end}`,
    ),
    ...summary.broken.map(({ kind, key, broken }) => `broken promise: ${key} (${kind}): ${broken}`),
    ...summary.unsettled.map((orderId) => `not settled: ${orderId}`),
  ];
}
