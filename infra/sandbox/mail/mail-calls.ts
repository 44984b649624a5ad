/** One thing an SMTP client asked for, and what became of it. */
export interface MailCall {
  /** 1, 2, 3 … in the order in which the fates were decided. */
  readonly n: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** The connection it came over; all calls of one connection carry the same. */
  readonly session: string;
  /** `mail` is `MAIL FROM`, recorded only where the mail is refused there. */
  readonly command: 'connect' | 'mail' | 'data';
  /** `failed_after`: kept, and the connection was cut before the 250. `reset`: cut on arrival. */
  readonly fate: 'ok' | 'throttled' | 'failed_before' | 'failed_after' | 'reset' | 'bad_request';
  /** The SMTP code that was sent; null where the connection was cut. */
  readonly status: number | null;
  /** Known only of `data`: before it no header has been seen. */
  readonly messageId: string | null;
  readonly orderId: string | null;
  readonly operationId: string | null;
  readonly correlationId: string | null;
}
