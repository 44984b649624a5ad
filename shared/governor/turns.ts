import type { Course, News, Step } from './course.ts';
import { answeredPerSecond, isBusy } from './judge.ts';

/** So long must failures be below the warning until calls are let go; doubles when they come back soon. */
export const DWELL_MS = { first: 5_000, most: 60_000, soon: 60_000 } as const;

export function toOpen(course: Course, reason: string, now: number): Course {
  const { rate: _, ramp: __, until: ___, cut: ____, calmSince: _____, ...rest } = course;
  return {
    ...rest,
    kind: 'open',
    since: now,
    reason,
    judgedFrom: now,
    highTicks: 0,
    metTicks: 0,
    releasedAt: now,
  };
}

export function toSuppressed(
  course: Course,
  reason: string,
  { seen, policy, now }: Step,
  holdMs: number,
): Course {
  const { rate: _, ramp: __, cut: ___, calmSince: ____, ...rest } = course;
  // The hold counts from the probe that failed, so that probes are a hold apart and not a second more.
  const from = course.kind === 'probing' ? (course.probedAt ?? now) : now;
  return {
    ...rest,
    kind: 'suppressed',
    since: now,
    reason,
    holdMs: Math.min(policy.suppress.maxMs, holdMs),
    until: Math.max(now + 500, from + Math.min(policy.suppress.maxMs, holdMs)),
    stale: seen.inFlight,
    probesGood: 0,
    row: 0,
    deadTicks: 0,
    highTicks: 0,
  };
}

export function toThrottled(course: Course, { judgement }: News, { seen, policy, now }: Step): Course {
  const { ramp: _, ...rest } = course;
  const soon = course.releasedAt !== undefined && now - course.releasedAt < DWELL_MS.soon;
  const rate = Math.max(policy.ramp.floor, answeredPerSecond(seen, 3));
  const from = Math.max(rate, course.rate ?? seen.seconds[1]?.firsts ?? rate);
  return {
    ...rest,
    kind: 'throttled',
    since: now,
    reason: judgement.reason,
    rate,
    judgedFrom: now,
    cut: {
      from,
      at: now,
      failedShare: judgement.failedShare,
      busy: isBusy(judgement),
      helped: false,
      least: rate / 2,
    },
    dwellMs: soon ? Math.min(DWELL_MS.most, course.dwellMs * 2) : DWELL_MS.first,
    metTicks: 0,
  };
}

function ramping(course: Course, reason: string, now: number): Course {
  const { until: _, ...rest } = course;
  const begun = { since: now, reason, judgedFrom: now, metTicks: 0, row: 0, deadTicks: 0 };
  return { ...rest, ...begun, kind: 'throttled', ramp: true };
}

/** What waits to be repeated is let go on the way up, where the retry budget does not hold it. */
export function toDrain(course: Course, reason: string, now: number): Course {
  const { cut: _, calmSince: __, rate = 1, ...rest } = course;
  return { ...ramping(rest, reason, now), rate, granted: [rate], answered: [rate] };
}

export function toRamp(course: Course, reason: string, answered: number, now: number): Course {
  const rate = answered > 0 ? 2 : 1;
  return { ...ramping(course, reason, now), rate, granted: [1], answered: [Math.min(1, answered)] };
}
