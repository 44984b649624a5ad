export type Step = 'create' | 'confirm' | 'refund' | 'lookup' | 'cancel' | 'other';

/**
 * What became of a call. `failed_before`: refused with a 500 and nothing was done. `failed_after`: done and
 * stored, and the caller did not hear of it. `reset`: the connection was cut and nothing was done.
 * `in_progress`: a 409.
 */
export type Fate =
  | 'ok'
  | 'declined'
  | 'replayed'
  | 'throttled'
  | 'failed_before'
  | 'failed_after'
  | 'in_progress'
  | 'reset'
  | 'bad_request';

/** One request that reached Stripe's side of the sandbox. */
export interface PspCall {
  /** 1, 2, 3 … in the order in which the fates were decided. */
  readonly n: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly step: Step;
  readonly idempotencyKey: string | null;
  /** From the header `Refrain-Operation-Id`, else from the metadata of what the call is about. */
  readonly operationId: string | null;
  /** From the metadata of what the call is about. */
  readonly orderId: string | null;
  /** From the header `Refrain-Correlation-Id`. */
  readonly correlationId: string | null;
  readonly fate: Fate;
  /** The HTTP status that was sent; null where the connection was cut. */
  readonly status: number | null;
}
