import { answeredOf } from './judge.ts';
import type { Policy } from './policy.ts';
import { bucketsOf, divide, grantable, type Ledger, type Term } from './rations.ts';
import type { DependencySeen, InstanceSeen } from './window.ts';
import type { Share, WordKind } from './word.ts';

/** So many calls a second go at once under `open`, also after a quiet time. */
const SURGE_CALLS = 200;

/** What holds for all instances together. */
export interface Limit {
  readonly kind: WordKind;
  /** `throttled`: calls per second. */
  readonly rate?: number;
  readonly ramp?: boolean;
}

interface Means {
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly term: Term;
  readonly tick: number;
  readonly carry: number;
}

/**
 * A surge is let in by steps: in a second three times what the best one of the last half minute saw, at least
 * {@link SURGE_CALLS}. All at once could fail before anybody notices, and then be held to the retry budget.
 */
function surgeOf({ seconds }: DependencySeen): number {
  const most = Math.max(0, ...seconds.map((second) => answeredOf(second)));
  return Math.max(SURGE_CALLS, 3 * most);
}

/** Whole calls of the next second. What is no whole call is carried on. */
function callsOf(
  { kind, rate = 1 }: Limit,
  seen: DependencySeen,
  carry: number,
): { calls: number; carry: number } {
  if (kind === 'open') return { calls: surgeOf(seen), carry: 0 };
  if (kind === 'suppressed') return { calls: 0, carry: 0 };
  if (kind === 'probing') return { calls: 1, carry: 0 };
  const calls = Math.floor(rate + carry + 1e-9);
  return { calls, carry: Math.max(0, rate + carry - calls) };
}

const waitingOf = ({ counts }: InstanceSeen): number => counts.waitingFirsts + counts.waitingRetries / 5;

/** By demand: what waits, up to what there is, and what was called lately. `even` is added to each. */
function divideCalls(
  calls: number,
  present: readonly InstanceSeen[],
  tick: number,
  even: number,
): Map<string, number> {
  const wants = present.map((one) => {
    const weight = Math.min(calls, waitingOf(one)) + one.calls + even;
    return [one.instance, { weight }] as const;
  });
  if (calls > 1) return divide(calls, new Map(wants), tick);
  // A single call goes to those that have something to call, in turns.
  const asking = present.filter((one) => waitingOf(one) > 0);
  const turns = asking.length > 0 ? asking : present;
  const one = turns[tick % Math.max(1, turns.length)];
  return new Map(one && calls === 1 ? [[one.instance, 1]] : []);
}

/** First to who has retries waiting or had some lately; half of the rest to all in turns. */
function divideRetries(
  budget: number,
  present: readonly InstanceSeen[],
  most: (one: InstanceSeen) => number,
  tick: number,
): Map<string, number> {
  const wanted = present.map((one) => {
    const weight = one.counts.waitingRetries + Math.ceil(one.retries);
    return [one.instance, { weight, most: Math.min(weight, most(one)) }] as const;
  });
  const given = divide(budget, new Map(wanted), tick);
  const left = Math.floor((budget - [...given.values()].reduce((sum, n) => sum + n, 0)) / 2);
  const idle = present.filter((one) => (given.get(one.instance) ?? 0) < Math.min(1, most(one)));
  for (let i = 0; i < Math.min(left, idle.length); i++) {
    const one = idle[(i + tick) % idle.length];
    if (one) given.set(one.instance, 1);
  }
  return given;
}

/** What each instance may do under a limit, and all calls together. */
export function sharesOf(
  limit: Limit,
  seen: DependencySeen,
  { ledger, policy, term, tick, carry: old }: Means,
): {
  shares: Record<string, Share>;
  calls: number;
  carry: number;
} {
  const present = seen.instances.filter((one) => one.present);
  const { calls, carry } = callsOf(limit, seen, old);
  // Under `open` there is plenty: whoever begins to call finds a good part of it.
  const even = limit.kind === 'open' ? calls / Math.max(1, present.length) : 0.1;
  const called = divideCalls(calls, present, tick, even);
  // First attempts go first: where they use up what there is, nothing is granted to retries beside them.
  const most = (one: InstanceSeen): number =>
    limit.kind === 'open'
      ? Infinity
      : Math.max(0, (called.get(one.instance) ?? 0) - one.counts.waitingFirsts);
  // On its way up the dependency shows that it can take them: what failed in the outage is repeated then,
  // behind the first attempts of its instance; what this takes from the budget counts when the ramp is over.
  const retries = limit.ramp
    ? new Map(present.map((one) => [one.instance, called.get(one.instance) ?? 0]))
    : divideRetries(limit.kind === 'suppressed' ? 0 : grantable(ledger, policy, term), present, most, tick);
  const buckets = bucketsOf(ledger, seen.instances, policy, term);
  const callers = present.filter((one) => (called.get(one.instance) ?? 0) > 0);
  const phaseOf = (one: InstanceSeen): number => {
    const place = callers.indexOf(one);
    return calls > 1 && place >= 0 ? (place + 0.5) / callers.length : 0;
  };
  const shares = present.map((one): [string, Share] => {
    const bucket = buckets.get(one.instance) ?? 0;
    const share: Share = {
      calls: called.get(one.instance) ?? 0,
      phase: phaseOf(one),
      retries: retries.get(one.instance) ?? 0,
      ...(bucket > 0 ? { own: { share: policy.budget.share, bucket } } : {}),
    };
    return [one.instance, share];
  });
  return { shares: Object.fromEntries(shares), calls, carry };
}
