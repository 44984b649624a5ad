import type { Course, Step } from './course.ts';
import { answeredPerSecond, type Judgement } from './judge.ts';

/** A cut must have had so long to show before the next one, in milliseconds. */
const CUT_APART_MS = 5_000;
/** Growth per second: grows with each calm one. */
const GROWTH = { each: 0.05, most: 0.5, nearCut: 0.01, useless: 1.03 } as const;
/** So long a rate that failed is remembered, in milliseconds. */
const CUT_REMEMBERED_MS = 30_000;

/**
 * Cuts to what is answered. Not again where a cut did not help: those failures do not come from too many
 * calls, and cutting on and on would starve the shop. Where the dependency says so (429) it always helps.
 */
export function cutRate(course: Course, judgement: Judgement, { seen, policy, now }: Step): Partial<Course> {
  const { cut, rate = policy.ramp.floor } = course;
  if (cut && now - cut.at < CUT_APART_MS) return {};
  const helped = !cut || cut.helped || judgement.failedShare <= cut.failedShare * 0.6;
  const busy = judgement.busyShare > judgement.failedShare / 2;
  // Fewer calls did not help, so a few more do no harm, as long as it does not get worse.
  if (!helped && !busy)
    return judgement.failedShare <= cut.failedShare * 1.15 ? { rate: rate * GROWTH.useless } : {};
  const least = busy ? 0 : (cut?.least ?? 0);
  const next = Math.max(policy.ramp.floor, least, Math.min(rate, answeredPerSecond(seen, 3)));
  return {
    rate: next,
    cut: { from: rate, at: now, failedShare: judgement.failedShare, helped: false, least },
    judgedFrom: now,
    metTicks: 0,
  };
}

/** Grows faster the longer it was calm, and slowly near the rate at which calls failed last. */
export function grownRate(rate: number, calmS: number, cut: Course['cut'], now: number): number {
  const near = cut && now - cut.at < CUT_REMEMBERED_MS && rate >= cut.from * 0.85;
  return rate * (1 + (near ? GROWTH.nearCut : Math.min(GROWTH.most, GROWTH.each * (calmS + 1))));
}
