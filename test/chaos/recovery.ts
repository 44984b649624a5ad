import type { PlannedFault } from './chaos-plan.ts';

/** How long after a fault began the shop completed again as many orders as were offered. */
export interface Recovery {
  readonly kind: PlannedFault['kind'];
  readonly on: string;
  /** Milliseconds; 0 where nothing was seen of it, `undefined` where the next fault came before. */
  readonly ms: number | undefined;
}

export interface RecoveryOptions {
  /** When each order ended, in milliseconds from the first order on. */
  readonly endedAtMs: readonly number[];
  /** Orders a second that are offered. */
  readonly rate: number;
  /** When the last of the orders was offered. */
  readonly lengthMs: number;
}

/** So many seconds together are looked at: single ones are all but even. */
const SMOOTH_S = 3;
/** Of what is offered, so much must end. */
const SHARE = 0.8;

/**
 * After each fault the first second from which on, until the next fault, any three together ended what was
 * offered in them.
 */
export function recoveries(plan: readonly PlannedFault[], options: RecoveryOptions): Recovery[] {
  const { endedAtMs, rate, lengthMs } = options;
  const perSecond = Array.from({ length: Math.ceil(lengthMs / 1_000) }, () => 0);
  for (const at of endedAtMs) {
    const second = Math.floor(at / 1_000);
    if (second in perSecond) perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  const isEnough = (second: number): boolean => {
    const some = perSecond.slice(second, second + SMOOTH_S);
    return some.reduce((sum, n) => sum + n, 0) >= SHARE * rate * some.length;
  };
  return plan.map(({ kind, on, atMs }, i): Recovery => {
    const from = Math.floor(atMs / 1_000);
    const end = Math.floor((plan[i + 1]?.atMs ?? lengthMs) / 1_000) - SMOOTH_S;
    const seconds = Array.from({ length: Math.max(0, end - from) }, (_, n) => from + n);
    const lastShort = seconds.findLastIndex((second) => !isEnough(second));
    if (seconds.length === 0 || lastShort === seconds.length - 1) return { kind, on, ms: undefined };
    return { kind, on, ms: (lastShort + 1) * 1_000 };
  });
}

/** A table by kind: how often, how often nothing was seen, the middle and the longest time. */
export function recoveryTable(all: readonly Recovery[]): string[] {
  const kinds = [...new Set(all.map(({ kind }) => kind))].toSorted();
  const rows = kinds.map((kind) => {
    const of = all.filter((one) => one.kind === kind);
    const known = of.flatMap(({ ms }) => (ms === undefined ? [] : [ms])).toSorted((a, b) => a - b);
    const text = (ms: number | undefined): string => (ms === undefined ? '-' : `${ms / 1_000} s`);
    const slowest = of.find(({ ms }) => ms !== undefined && ms === known.at(-1) && ms > 0);
    return [
      kind,
      String(of.length),
      String(known.filter((ms) => ms === 0).length),
      text(known[Math.floor(known.length / 2)]),
      `${text(known.at(-1))}${slowest ? ` (${slowest.on})` : ''}`,
      String(of.length - known.length),
    ];
  });
  return [['fault', 'times', 'unnoticed', 'middle', 'longest', 'not before the next'], ...rows].map(
    (row) => `| ${row.join(' | ')} |`,
  );
}
