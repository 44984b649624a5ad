import type { Course, Step } from './course.ts';
import { answeredPerSecond, isBusy, type Judgement } from './judge.ts';

/** A cut must have had so long to show before the next one, in milliseconds. */
const CUT_APART_MS = 5_000;
/** Growth per second: grows with each calm one. */
const GROWTH = { each: 0.05, most: 0.5, nearCut: 0.01, useless: 1.06 } as const;
/** So long a rate that failed is remembered, in milliseconds. */
const CUT_REMEMBERED_MS = 30_000;

/** Worse than at the cut: by more than luck does with so few calls. */
function isWorse({ failedShare, calls }: Judgement, then: number): boolean {
  const luck = Math.sqrt((then * (1 - then)) / Math.max(1, calls));
  return failedShare > then * 1.15 + luck;
}

/**
 * Cuts to what is answered. Not again where a cut did not help: those failures do not come from too many
 * calls, and cutting on and on would starve the shop. Where the dependency says so (429) it always helps;
 * what fails when it no longer says so is measured anew.
 */
export function cutRate(course: Course, judgement: Judgement, { seen, policy, now }: Step): Partial<Course> {
  const { cut, rate = policy.ramp.floor } = course;
  const { failedShare } = judgement;
  const busy = isBusy(judgement);
  if (cut?.busy && !busy)
    return { cut: { ...cut, at: now, failedShare: undefined, busy, helped: false }, judgedFrom: now };
  if (cut && now - cut.at < CUT_APART_MS) return {};
  if (cut && cut.failedShare === undefined) return { cut: { ...cut, failedShare } };
  const then = cut?.failedShare ?? 0;
  const helped = !cut || cut.helped || failedShare <= then * 0.6;
  // Fewer calls did not help, so a few more do no harm, as long as it does not get worse.
  if (!helped && !busy) return isWorse(judgement, then) ? {} : { rate: rate * GROWTH.useless };
  const least = busy ? 0 : (cut?.least ?? 0);
  const next = Math.max(policy.ramp.floor, least, Math.min(rate, answeredPerSecond(seen, 3)));
  return {
    rate: next,
    cut: { from: rate, at: now, failedShare, busy, helped: false, least },
    judgedFrom: now,
    metTicks: 0,
  };
}

/** Grows faster the longer it was calm, and slowly near the rate at which calls failed last. */
export function grownRate(rate: number, calmS: number, cut: Course['cut'], now: number): number {
  const near = cut && now - cut.at < CUT_REMEMBERED_MS && rate >= cut.from * 0.85;
  return rate * (1 + (near ? GROWTH.nearCut : Math.min(GROWTH.most, GROWTH.each * (calmS + 1))));
}
