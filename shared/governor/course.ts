import { answeredAtBest, answeredOf, CALLS_ENOUGH, failedOf, type Judgement, judge } from './judge.ts';
import type { Policy } from './policy.ts';
import { nextRampRate } from './ramp.ts';
import { cutRate, grownRate } from './rate.ts';
import { DWELL_MS, toDrain, toOpen, toRamp, toSuppressed, toThrottled } from './turns.ts';
import type { DependencySeen } from './window.ts';
import type { WordKind } from './word.ts';

/** Failures must be high at so many decisions in a row before calls are slowed: a warning comes first. */
const HIGH_TICKS = 2;
/** Decisions in a row at which nobody asks for more than the ramp gives, until it is over. */
const MET_TICKS = 3;
/** A ramp that is told for so long of work that never comes is over. */
const RAMP_MOST_MS = 600_000;
/** A probe that nobody made for so long is not waited for. */
const IDLE_PROBE_MS = 15_000;
/** So many failures in a row are an outage, however few calls there are. */
const ROW_DEAD = 8;
/** After so many relapses one after the other, no further probe is asked for. */
const RELAPSES_MOST = 3;

/** What the governor remembers of one dependency's failures. Plain data. */
export interface Course {
  readonly kind: WordKind;
  readonly since: number;
  readonly reason: string;
  /** Nothing older is judged. */
  readonly judgedFrom: number;
  readonly rate?: number;
  readonly ramp?: boolean;
  /** Answers per second that it gave at best while it was well; 0: not known. */
  readonly best: number;
  readonly highTicks: number;
  readonly metTicks: number;
  readonly calmSince?: number;
  readonly dwellMs: number;
  readonly releasedAt?: number;
  /** Where the rate was cut: from what rate, when, and what share failed then; `undefined`: not known yet. */
  readonly cut?: {
    readonly from: number;
    readonly at: number;
    readonly failedShare: number | undefined;
    /** The dependency itself asked for less. */
    readonly busy: boolean;
    readonly helped: boolean;
    /** Not below, where the dependency does not ask for less itself. */
    readonly least: number;
  };
  readonly holdMs: number;
  readonly until?: number;
  readonly probedAt?: number;
  readonly probesGood: number;
  readonly relapses: number;
  /** Calls of before whose outcome is still to come: it says nothing of now. */
  readonly stale: number;
  /** Grants and answers of the last three decisions, newest first. */
  readonly granted: readonly number[];
  readonly answered: readonly number[];
  /** Failures in a row, and decisions in a row that saw nothing else. */
  readonly row: number;
  readonly deadTicks: number;
  readonly totals: { readonly calls: number; readonly answered: number; readonly failed: number };
}

export interface Step {
  readonly seen: DependencySeen;
  readonly policy: Policy;
  readonly now: number;
}

/** What was new since the last decision. */
export interface News {
  readonly calls: number;
  readonly answered: number;
  /** Failures that belong to calls of now. */
  readonly failed: number;
  readonly judgement: Judgement;
}

const totalsOf = ({ totals: t }: DependencySeen): Course['totals'] => ({
  calls: t.firsts + t.retries,
  answered: answeredOf(t),
  failed: failedOf(t),
});

export function beginCourse(
  seen: DependencySeen,
  now: number,
  kind: WordKind = 'open',
  rate?: number,
): Course {
  return {
    kind,
    since: now,
    reason: 'nothing is known yet',
    judgedFrom: now,
    ...(rate === undefined ? {} : { rate }),
    best: 0,
    highTicks: 0,
    metTicks: 0,
    dwellMs: DWELL_MS.first,
    holdMs: 0,
    probesGood: 0,
    relapses: 0,
    stale: 0,
    granted: [],
    answered: [],
    row: 0,
    deadTicks: 0,
    totals: totalsOf(seen),
  };
}

/** After a change of the rate there are too few calls yet to say something else. */
const saidOf = ({ reason }: Course, { judgement }: News, { policy }: Step): string =>
  judgement.calls >= policy.failures.callsMin ? judgement.reason : reason;

function whenOpen(course: Course, news: News, step: Step): Course {
  const { judgement } = news;
  if (isDead(course, news)) return toSuppressed(course, judgement.reason, step, step.policy.suppress.firstMs);
  const highTicks = judgement.level === 'high' ? course.highTicks + 1 : 0;
  if (highTicks >= HIGH_TICKS) return toThrottled({ ...course, highTicks: 0 }, news, step);
  const well = judgement.level === 'calm';
  const best = well ? Math.max(course.best * 0.995, answeredAtBest(step.seen)) : course.best;
  return { ...course, highTicks, best, reason: saidOf(course, news, step) };
}

/** Whether nobody asks for more than the rate gives. */
const isMet = (rate: number, calls: number, waiting: number): boolean =>
  waiting <= 1 + rate / 10 && calls < rate;

/** What failed meanwhile, and comes back to be called again. */
const repeatsOf = ({ waitingRetries, waitingParked }: DependencySeen): number =>
  waitingRetries + waitingParked;

function whenThrottled(course: Course, news: News, step: Step): Course {
  const { judgement } = news;
  const { now, seen, policy } = step;
  const rate = course.rate ?? policy.ramp.floor;
  if (judgement.level === 'dead')
    return toSuppressed(course, judgement.reason, step, policy.suppress.firstMs);
  const next = { ...course, reason: saidOf(course, news, step) };
  if (judgement.level === 'high') {
    const { calmSince: _, ...rest } = next;
    return { ...rest, ...cutRate(course, judgement, step) };
  }
  if (judgement.level === 'warn') {
    const { calmSince: _, ...rest } = next;
    return { ...rest, rate: rate * 1.01 };
  }
  const calmSince = course.calmSince ?? now;
  const met = isMet(rate, news.calls, seen.waitingFirsts);
  const metTicks = met ? course.metTicks + 1 : 0;
  if (now - calmSince >= course.dwellMs && metTicks >= MET_TICKS)
    return repeatsOf(seen) > 1 + rate / 10
      ? toDrain(course, `it works again, and ${repeatsOf(seen)} operations wait to be repeated`, now)
      : toOpen(course, judgement.reason, now);
  const seenEnough = judgement.calls >= CALLS_ENOUGH && judgement.seconds >= 4;
  const cut = course.cut && { ...course.cut, helped: course.cut.helped || seenEnough };
  const grown = met ? rate : grownRate(rate, (now - calmSince) / 1_000, cut, now);
  return { ...next, calmSince, metTicks, rate: grown, ...(cut ? { cut } : {}) };
}

function whenRamping(course: Course, news: News, step: Step): Course {
  const { judgement, answered, failed, calls } = news;
  const { now, seen, policy } = step;
  const { failures } = policy;
  const most = failed >= failures.callsMin && failed >= failures.suppress * (failed + answered);
  if (course.deadTicks >= 2 || (course.stale === 0 && (most || judgement.level === 'dead'))) {
    const relapsed = { ...course, relapses: Math.min(RELAPSES_MOST, course.relapses + 1) };
    const reason = `it relapsed: ${failed} of ${failed + answered} calls failed in the last second`;
    return toSuppressed(relapsed, reason, step, policy.suppress.firstMs);
  }
  if (judgement.level === 'high' && judgement.calls >= 10 && course.stale === 0)
    return toThrottled(course, news, step);
  const rate = course.rate ?? policy.ramp.floor;
  const waiting = seen.waitingFirsts + (now - course.since < RAMP_MOST_MS ? repeatsOf(seen) : 0);
  const few = failed <= failures.warn * (failed + answered);
  const metTicks = isMet(rate, calls, waiting) && few ? course.metTicks + 1 : 0;
  if (now - course.since >= RAMP_MOST_MS && judgement.level !== 'high')
    return toOpen(course, `the ramp took ${RAMP_MOST_MS / 60_000} minutes`, now);
  if (metTicks >= MET_TICKS && judgement.level !== 'high') return toOpen(course, 'it recovered', now);
  const history = { answered: [answered, ...course.answered].slice(0, 3) };
  const next = nextRampRate({ ...course, ...history }, failed, policy);
  const were = answered === 1 ? '1 call was' : `${answered} calls were`;
  const reason = `it recovers: ${were} answered in the last second`;
  return { ...course, ...history, metTicks, rate: next, reason };
}

function whenProbing(course: Course, news: News, step: Step): Course {
  const { answered, failed } = news;
  const { now, policy } = step;
  if (failed > 0) {
    const reason = `a probe failed; ${course.reason.replace(/^a probe failed; /, '')}`;
    return toSuppressed(course, reason, step, Math.max(policy.suppress.firstMs, course.holdMs * 2));
  }
  const probesGood = course.probesGood + answered;
  if (probesGood > course.relapses) return toRamp(course, 'a probe succeeded', answered, now);
  if (now - course.since >= IDLE_PROBE_MS && course.probesGood === probesGood)
    return toRamp(course, `nobody called for ${IDLE_PROBE_MS / 1_000} s`, 0, now);
  return { ...course, probesGood };
}

function inARow({ row, deadTicks }: Course, answered: number, failed: number) {
  if (answered > 0) return { row: 0, deadTicks: 0 };
  return failed > 0 ? { row: row + failed, deadTicks: deadTicks + 1 } : { row, deadTicks };
}

const isDead = ({ row, deadTicks }: Course, { judgement }: News): boolean =>
  judgement.level === 'dead' || (row >= ROW_DEAD && deadTicks >= 2);

function newsOf(course: Course, { seen, policy, now }: Step): { news: News; course: Course } {
  const totals = totalsOf(seen);
  const [calls, answered, failures] = (['calls', 'answered', 'failed'] as const).map((name) =>
    Math.max(0, totals[name] - course.totals[name]),
  ) as [number, number, number];
  const stale = Math.max(0, Math.min(course.stale, seen.inFlight + failures) - failures);
  const failed = Math.max(0, failures - course.stale);
  const judgement = judge(seen, policy, (now - course.judgedFrom) / 1_000);
  return {
    news: { calls, answered, failed, judgement },
    course: { ...course, totals, stale, ...inARow(course, answered, failed) },
  };
}

/** One decision further. */
export function nextCourse(before: Course, step: Step): Course {
  const { news, course } = newsOf(before, step);
  const { now } = step;
  const calmFor = course.releasedAt === undefined ? 0 : now - course.releasedAt;
  const relapses = course.kind === 'open' && calmFor > DWELL_MS.soon ? 0 : course.relapses;
  if (course.kind === 'open') return whenOpen({ ...course, relapses }, news, step);
  if (course.kind === 'throttled')
    return course.ramp ? whenRamping(course, news, step) : whenThrottled(course, news, step);
  if (course.kind === 'probing') return whenProbing(course, news, step);
  // Decisions come a second apart, more or less.
  if (now + 300 < Math.min(course.until ?? now, course.since + step.policy.suppress.maxMs + 1_000))
    return course;
  const { until: _, ...rest } = course;
  return { ...rest, kind: 'probing', since: now, probesGood: 0 };
}
