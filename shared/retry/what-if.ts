import type { RetryRule } from '@refrain/contract-kit';
import { backoffMs } from './backoff.ts';

/** A call as the log has it: when it was answered, milliseconds since 1970, and how. */
export interface RecordedCall {
  readonly at: number;
  /** What the contract calls the failure; missing: it was answered, be it by a refusal. */
  readonly failure?: string | undefined;
  /** The provider was not there: it uses up no attempt, and is waited out at the longest delay. */
  readonly isOutage?: boolean | undefined;
  /** What the provider asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** An operation that failed at least once. */
export interface RecordedOperation {
  readonly operationId: string;
  /** The rule that it was retried by. */
  readonly rule: RetryRule;
  /** Its calls in order; the first one failed. */
  readonly calls: readonly [RecordedCall, ...RecordedCall[]];
  /** From when on no call is made any more: the end of the provider's horizon. */
  readonly callsUntil?: number | undefined;
}

/** One call of a course. */
export interface Call {
  readonly at: number;
  readonly failure?: string | undefined;
}

/** How an operation goes under a rule. `open`: where the record ends, the provider still failed. */
export interface Course {
  readonly calls: readonly Call[];
  readonly end: 'answered' | 'gave up' | 'open';
  /** When it was answered or given up, or the last call of an open one. */
  readonly endAt: number;
}

/** Most calls of one course that are followed. */
const CALLS_MAX = 10_000;

/** What a provider answered over time, from all calls on record: at any moment what it answered last. */
export class ProviderPast {
  readonly #calls: readonly RecordedCall[];

  /** `calls`: of all operations, in any order. */
  constructor(calls: readonly RecordedCall[]) {
    this.#calls = [...calls].sort((a, b) => a.at - b.at);
  }

  /** The answer to a call at this moment; `undefined` where nothing on record says it. */
  at(moment: number): RecordedCall | undefined {
    let from = 0;
    let to = this.#calls.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#calls[middle] as RecordedCall).at <= moment) from = middle + 1;
      else to = middle;
    }
    const last = this.#calls[from - 1];
    // Behind the end of the record a failure may be over at any time.
    if (from === this.#calls.length && last?.failure !== undefined && last.at < moment) return undefined;
    return last;
  }
}

/**
 * How an operation would have gone under another rule, with the product's own backoff. It assumes: the first
 * call as it was; each retry when it is due, as if the governor had given leave; a call takes no time; the
 * provider answers at a moment as it answered whoever called it last. So a retry before the recovery on
 * record fails again.
 */
export function courseUnder(rule: RetryRule, operation: RecordedOperation, provider: ProviderPast): Course {
  const calls: Call[] = [];
  let answer: RecordedCall | undefined = operation.calls[0];
  let { at } = operation.calls[0];
  for (let n = 1, counted = 0; n <= CALLS_MAX; n++) {
    if (!answer) return { calls, end: 'open', endAt: calls.at(-1)?.at ?? at };
    const { failure, isOutage, retryAfterMs } = answer;
    calls.push({ at, ...(failure !== undefined && { failure }) });
    if (failure === undefined) return { calls, end: 'answered', endAt: at };
    if (!isOutage) counted++;
    const paced = isOutage ? { ...rule, firstDelayMs: rule.maxDelayMs } : rule;
    const { operationId, callsUntil = Number.POSITIVE_INFINITY } = operation;
    at += backoffMs({ rule: paced, operationId, attempt: n, retryAfterMs });
    if (counted >= rule.attempts || at >= callsUntil) return { calls, end: 'gave up', endAt: at };
    answer = provider.at(at);
  }
  return { calls, end: 'open', endAt: at };
}

/** What the provider had asked for, from the delay that was kept because of it, in whole milliseconds. */
export function retryAfterOf(failed: {
  rule: RetryRule;
  operationId: string;
  attempt: number;
  delayMs: number;
}): number {
  const { rule, attempt, delayMs } = failed;
  const capped = Math.min(rule.maxDelayMs, rule.firstDelayMs * 2 ** Math.min(attempt - 1, 52));
  return Math.max(0, delayMs - (backoffMs(failed) - capped));
}

/** A course of many operations, summed up. */
export interface CourseSum {
  readonly calls: number;
  readonly retries: number;
  readonly answered: number;
  readonly gaveUp: number;
  readonly open: number;
  /** From the first call to the answer, of those that were answered, in milliseconds; missing: none was. */
  readonly medianMs: number | undefined;
  readonly longestMs: number | undefined;
}

/** Sums courses up. */
export function sumOf(courses: readonly Course[]): CourseSum {
  const ended = (end: Course['end']): number => courses.filter((course) => course.end === end).length;
  const calls = courses.reduce((sum, course) => sum + course.calls.length, 0);
  const waits = courses
    .filter(({ end }) => end === 'answered')
    .map((course) => course.endAt - (course.calls[0]?.at ?? course.endAt))
    .sort((a, b) => a - b);
  return {
    calls,
    retries: calls - courses.length,
    answered: ended('answered'),
    gaveUp: ended('gave up'),
    open: ended('open'),
    medianMs: waits[waits.length >> 1],
    longestMs: waits.at(-1),
  };
}
