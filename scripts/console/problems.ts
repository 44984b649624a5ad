import { isRefrainError } from '@refrain/errors';
import { Problem } from '@refrain/http';
import { UsageError } from '../cli/errors.ts';
import type { Answer } from '../cli/operator/desks.ts';

const unreachable = ['RF_UNREACHABLE', 'RF_BROKER_REFUSED', 'RF_ANSWER_UNKNOWN'] as const;

/** What the functions of the commands throw, as an answer of this door; what is none of it stays as it is. */
export function problemFor(error: unknown): unknown {
  if (error instanceof UsageError)
    return new Problem({
      status: 400,
      type: 'request-refused',
      title: 'Not understood',
      detail: error.message,
    });
  if (unreachable.some((code) => isRefrainError(error, code))) return notReached((error as Error).message);
  return error;
}

const notReached = (detail: string): Problem =>
  new Problem({
    status: 503,
    type: 'not-reached',
    title: 'Not reached',
    detail,
    headers: { 'retry-after': '1' },
  });

const notAsked = (what: string, missing: readonly string[]): Problem =>
  notReached(`${what}, but ${missing.join(' and ')} could not be asked. Nothing was done.`);

export const unknown = (what: string): Problem =>
  new Problem({ status: 404, type: 'unknown', title: 'Not known', detail: `${what}. Nothing was done.` });

export const refused = (detail: string): Problem =>
  new Problem({ status: 409, type: 'refused', title: 'Refused', detail });

export const busy = (what: string): Problem =>
  new Problem({
    status: 503,
    type: 'busy',
    title: 'Busy',
    detail: `${what}. Nothing was done; ask again in a moment.`,
    headers: { 'retry-after': '2' },
  });

/**
 * What a desk did, with the service whose it is. `missing`: services that could not be asked, and may know
 * it.
 *
 * @throws Problem 404, 409 or 503 where it did nothing.
 */
export function doneOf<T extends object>(
  answer: Answer<T> | undefined,
  what: string,
  missing: readonly string[],
): T & { readonly service: string } {
  if (answer?.kind === 'done') return { ...answer.value, service: answer.service };
  if (answer?.kind === 'refused') throw refused(answer.detail);
  throw missing.length > 0 ? notAsked(what, missing) : unknown(what);
}
