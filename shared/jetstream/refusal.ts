import { RefrainError } from '@refrain/errors';
import { statusOf } from './headers.ts';

/** An error of the JetStream API, as it stands in an answer. */
export interface Refusal {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/** JetStream's own codes, as far as somebody here acts on them. */
export const code = {
  noConsumer: 10014,
  noMessage: 10037,
  nameInUse: 10058,
  noStream: 10059,
  wrongLastSequence: 10071,
  /** An in-flight proposal of the same id, or of the same subject, is not decided yet. */
  idInProcess: 10158,
  subjectInProcess: 10164,
  tooManyRequests: 10167,
} as const;

/** Whether the broker may well answer the same request later: no leader, overloaded, starting. */
export const isBusy = (refusal: Refusal): boolean =>
  refusal.code === 503 || refusal.code === 429 || refusal.err_code === code.tooManyRequests;

/** Whether it is decided in a moment: an earlier proposal of the same id or subject is under way. */
export const isUndecided = ({ err_code }: Refusal): boolean =>
  err_code === code.idInProcess || err_code === code.subjectInProcess;

/** What the broker refused, as an error that a person can act on (RF_BROKER_REFUSED). */
export const refusal = (what: string, { description, err_code }: Refusal): RefrainError =>
  new RefrainError('RF_BROKER_REFUSED', { what, problem: description, code: err_code });

/** What a reply's status line refuses: `NATS/1.0 408 Bad Request`, and whatever headers follow. */
export function refusalOfReply(what: string, header: string): RefrainError {
  const status = statusOf(header);
  const description = header.slice('NATS/1.0 408 '.length, header.indexOf('\r\n'));
  return refusal(what, { code: status, err_code: status, description });
}
