import type { Policy } from './policy.ts';
import type { LoadSignals } from './report.ts';
import type { Seen } from './window.ts';

/** A signal must be over its threshold for so long before calls are slowed: a warning comes first. */
const WARNED_MS = 2_000;
/** And below its warning for so long before they are let go, in milliseconds. */
const CALM_MS = 5_000;
/** How much the rate grows each second while the signal does not get worse. */
const GROWTH = 0.03;

type Signal = keyof LoadSignals;

const said: Readonly<Record<Signal, (value: number) => string>> = {
  consumerLag: (v) => `${v} messages wait`,
  handlingMs: (v) => `handling takes ${v} ms`,
  scheduleLateMs: (v) => `alarms come ${v} ms late`,
  clockOffsetMs: (v) => `clock is ${v} ms off`,
  oldestOverdueMs: (v) => `oldest operation is ${Math.round(v / 1_000)} s overdue`,
};
const signals = Object.keys(said) as Signal[];

/** What load does to one dependency. Plain data. */
export interface LoadState {
  /** Since when a signal is over its throttle threshold; absent: none is. */
  readonly highSince?: number;
  /** Calls are slowed to `rate`, per second. */
  readonly slowed?: { readonly rate: number; readonly worst: number; readonly calmSince?: number };
  /** What is said of it: a warning, or the reason. */
  readonly text?: string;
}

/** How far a signal is: 1 at its warning, 2 at its throttle threshold. */
function worstOf(seen: Seen, services: ReadonlySet<string>, { load }: Policy) {
  let worst = { far: 0, text: '' };
  for (const service of services) {
    const values = seen.load[service];
    if (!values) continue;
    for (const signal of signals) {
      const [{ warn, throttle }, value] = [load[signal], values[signal]];
      const far = value < warn ? value / warn : 1 + (value - warn) / (throttle - warn);
      if (far > worst.far) worst = { far, text: `${service}: ${said[signal](Math.round(value))}` };
    }
  }
  return worst;
}

/**
 * Slows the calls to a dependency while one of the services that call it is overloaded or has drifted. The
 * rate holds what succeeded when it began and grows while the load does not get worse: it never spirals down,
 * since what waits is no reason to do less.
 */
export function judgeLoad(
  before: LoadState,
  seen: Seen,
  {
    services,
    policy,
    now,
    answered,
  }: {
    readonly services: ReadonlySet<string>;
    readonly policy: Policy;
    readonly now: number;
    /** Answers per second now. */
    readonly answered: number;
  },
): LoadState {
  const { far, text } = worstOf(seen, services, policy);
  const { slowed } = before;
  if (slowed) {
    const calmSince = far < 1 ? (slowed.calmSince ?? now) : undefined;
    if (calmSince !== undefined && now - calmSince >= CALM_MS) return {};
    const better = far <= slowed.worst * 1.02;
    const rate = better ? slowed.rate * (1 + GROWTH) : slowed.rate;
    const worst = better ? Math.max(far, slowed.worst * 0.99) : far;
    const why = (far < 1 ? before.text : undefined) ?? text;
    return { slowed: { rate, worst, ...(calmSince === undefined ? {} : { calmSince }) }, text: why };
  }
  if (far < 1) return {};
  if (far < 2) return { text };
  const highSince = before.highSince ?? now;
  if (now - highSince < WARNED_MS) return { highSince, text };
  return { slowed: { rate: Math.max(policy.ramp.floor, answered), worst: far }, text };
}
