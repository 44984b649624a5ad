import type { PlatformData } from '@refrain/contract-kit';

/** An attempt that failed, as the log has it. */
export type FailedAttempt = PlatformData<'refrain.AttemptFailed'>;

/** Why an unsafe call that may have happened is not repeated (ADR 10), for people. */
export const UNPROTECTED = 'nothing outside would keep it from happening twice';

/**
 * When the next step after an attempt that failed at `at` is due, by the time of the log, in milliseconds
 * since 1970: the clock of the process that failed may differ. `undefined`: no attempt follows.
 */
export const nextStepDueAt = (
  at: number,
  { delayMs, happened }: Pick<FailedAttempt, 'delayMs' | 'happened'>,
  isUnsafe: boolean,
): number | undefined => (isUnsafe && happened === 'unknown' ? undefined : Math.trunc(at + delayMs));
