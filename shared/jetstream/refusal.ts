import { RefrainError } from '@refrain/errors';

/** An error of the JetStream API, as it stands in an answer. */
export interface Refusal {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/** JetStream's own code for too many requests. */
const TOO_MANY_REQUESTS = 10167;

/** Whether the broker may well answer the same request later: no leader, overloaded, starting. */
export const isBusy = (refusal: Refusal): boolean =>
  refusal.code === 503 || refusal.code === 429 || refusal.err_code === TOO_MANY_REQUESTS;

/** What the broker refused, as an error that a person can act on (RF_BROKER_REFUSED). */
export const refusal = (what: string, { description, err_code }: Refusal): RefrainError =>
  new RefrainError('RF_BROKER_REFUSED', { what, problem: description, code: err_code });
