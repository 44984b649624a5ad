import { hash, type RetryRule, shareOfHash } from '@refrain/contract-kit';

/** The jitter adds up to this share of the capped delay. */
export const JITTER = 0.5;

/** What the wait after an attempt depends on: nothing else, and no clock. */
export interface BackoffParts {
  readonly rule: RetryRule;
  readonly operationId: string;
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** What the provider asked for, in milliseconds; never undercut. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The wait after a failed attempt, in whole milliseconds: doubling from `firstDelayMs`, capped at
 * `maxDelayMs`, then spread by a jitter that comes from the operation's id, so a replay gives the same times
 * and operations do not meet. Never below the capped delay, never below `retryAfterMs`, at most `maxDelayMs *
 * (1 + JITTER)` unless the provider asks for more (exponential backoff with jitter after the cap: ADR-7).
 */
export function backoffMs({ rule, operationId, attempt, retryAfterMs = 0 }: BackoffParts): number {
  const capped = Math.min(rule.maxDelayMs, rule.firstDelayMs * 2 ** Math.min(attempt - 1, 52));
  const share = shareOfHash(hash(operationId, String(attempt))); // the same on any machine
  return Math.ceil(Math.max(retryAfterMs, capped) + capped * JITTER * share);
}
