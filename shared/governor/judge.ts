import type { Policy } from './policy.ts';
import { type Counts, type DependencySeen, WINDOW_S } from './window.ts';

/** A share of failures is judged from so many calls on, unless {@link WINDOW_S} seconds have fewer. */
export const CALLS_ENOUGH = 20;

/** Where nearly all calls of three seconds fail, nobody waits for the window to say so. */
const SUDDEN = { calls: 10, share: 0.9 } as const;

/** What the last seconds say of a dependency. */
export interface Judgement {
  /** Calls, and failed ones, that were looked at. */
  readonly calls: number;
  readonly failed: number;
  readonly seconds: number;
  readonly failedShare: number;
  /** Answers such as 429: the dependency itself asks for less. */
  readonly busyShare: number;
  /** `calm` below warn, `warn`, `high` from throttle on, `dead` from suppress on. */
  readonly level: 'calm' | 'warn' | 'high' | 'dead';
  readonly reason: string;
}

export const failedOf = (c: Counts): number => c.transient + c.throttled + c.outage + c.defect;
/** A declined card is an answer: the dependency works. */
export const answeredOf = (c: Counts): number => c.successes + c.rejected;

type Counted = ReturnType<typeof over>;

function over(seconds: readonly Counts[], from: number, callsMin: number) {
  let [calls, failed, busy, outage, used] = [0, 0, 0, 0, 0];
  for (const second of seconds) {
    if (used >= from && calls >= callsMin) break;
    calls += answeredOf(second) + failedOf(second);
    failed += failedOf(second);
    busy += second.throttled;
    outage += second.outage;
    used++;
  }
  const shareOf = (part: number): number => (calls > 0 ? part / calls : 0);
  return {
    calls,
    failed,
    seconds: used,
    failedShare: shareOf(failed),
    busyShare: shareOf(busy),
    busy,
    outage,
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** One that answers some and refuses the rest as too many is busy, not dead. */
function isDead({ calls, failedShare, busyShare }: Counted, callsMin: number, share: number): boolean {
  // Of few calls nearly all must have failed, of five all: two of three are bad luck.
  const few = Math.max(0, Math.min(1, (CALLS_ENOUGH - calls) / (CALLS_ENOUGH - 5)));
  const enough = share + (1 - share) * few;
  return (
    calls >= callsMin && failedShare >= enough && (failedShare === 1 || failedShare - busyShare >= enough)
  );
}

/**
 * Judges the last `windowMs`, or as many more seconds as it takes to see enough calls; at most those since
 * `sinceS` seconds ago, when the word changed. More failures of the same kinds never give a milder level.
 */
export function judge({ seconds }: DependencySeen, { failures }: Policy, sinceS = WINDOW_S): Judgement {
  const known = seconds.slice(0, Math.max(1, Math.min(WINDOW_S, Math.ceil(sinceS))));
  const windowS = Math.ceil(failures.windowMs / 1_000);
  const short = over(known, windowS, failures.callsMin);
  const long = over(known, windowS, Math.max(CALLS_ENOUGH, failures.callsMin));
  const onlyOutages = short.calls >= Math.min(3, failures.callsMin) && short.outage === short.calls;
  const dead =
    onlyOutages ||
    isDead(over(known, 3, failures.callsMin), SUDDEN.calls, SUDDEN.share) ||
    (known.length > windowS &&
      isDead(short, failures.callsMin, failures.suppress) &&
      isDead(over(known, 2 * windowS, failures.callsMin), failures.callsMin, failures.suppress));
  const enough = long.calls >= failures.callsMin;
  // Twice the window as well, or luck would slow what fails a little less than that.
  const twice = over(known, 2 * windowS, CALLS_ENOUGH);
  const often = Math.min(long.failedShare, twice.failedShare) >= failures.throttle;
  const high = enough && (often || long.busyShare >= failures.warn);
  const warn = enough && (long.failedShare >= failures.warn || long.busyShare >= failures.warn / 2);
  const seen = dead ? short : long;
  return {
    ...seen,
    level: dead ? 'dead' : high ? 'high' : warn ? 'warn' : 'calm',
    reason: `${percent(seen.failedShare)} of ${seen.calls} calls failed in ${seen.seconds} s${
      seen.busy > seen.failed / 2 ? ', most as too many' : ''
    }`,
  };
}

/** Whether most failures say that the dependency asks for fewer calls. */
export const isBusy = ({ busyShare, failedShare }: Judgement): boolean => busyShare > failedShare / 2;

/** Answers per second, of the last `seconds` whole seconds. */
export function answeredPerSecond({ seconds }: DependencySeen, over_: number): number {
  const whole = seconds.slice(1, over_ + 1);
  return whole.reduce((sum, second) => sum + answeredOf(second), 0) / Math.max(1, whole.length);
}

/** The most answers per second of any three seconds together that are known. */
export function answeredAtBest({ seconds }: DependencySeen): number {
  let best = 0;
  for (let i = 1; i + 3 <= seconds.length; i++) {
    const three = seconds.slice(i, i + 3).reduce((sum, second) => sum + answeredOf(second), 0);
    best = Math.max(best, three / 3);
  }
  return best;
}
