/** What Stripe puts under `error`. */
export interface StripeErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly charge?: string;
  readonly payment_intent?: object;
  readonly payment_method?: object;
}

/** An answer of Stripe's that is an error. */
export class StripeFault extends Error {
  readonly status: number;
  readonly error: StripeErrorBody;

  constructor(status: number, error: StripeErrorBody) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}

type Details = Pick<StripeErrorBody, 'code' | 'param' | 'payment_intent'>;

export const invalidRequest = (message: string, details: Details = {}) =>
  new StripeFault(400, { type: 'invalid_request_error', message, ...details });

export const missing = (what: string, { id, param }: { id: string; param: string }) =>
  new StripeFault(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param,
    message: `No such ${what}: '${id}'`,
  });

export const unknownUrl = (request: string) =>
  new StripeFault(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${request}).`,
  });

export const unexpectedState = (message: string, paymentIntent: object) =>
  invalidRequest(message, { code: 'payment_intent_unexpected_state', payment_intent: paymentIntent });

export const keyMisused = (message: string) => new StripeFault(400, { type: 'idempotency_error', message });

export const keyInUse = (key: string) =>
  new StripeFault(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is another request in progress under the idempotency key '${key}'. Try again later.`,
  });

export const tooManyRequests = () =>
  new StripeFault(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Too many requests. Slow down.',
  });

export const serverError = () =>
  new StripeFault(500, { type: 'api_error', message: 'An unknown error occurred.' });

/** No key, or one that must never get here: with a live key in the shell a sandbox is where it leaks. */
export function refuseSecretKey(authorization: string | undefined): void {
  const [scheme, credentials] = (authorization ?? '').split(' ');
  const key =
    scheme === 'Basic'
      ? Buffer.from(credentials ?? '', 'base64')
          .toString('utf8')
          .replace(/:.*$/, '')
      : credentials;
  const type = 'invalid_request_error';
  if (!key) throw new StripeFault(401, { type, message: 'You did not provide an API key.' });
  if (/^[sr]k_live_/.test(key)) {
    throw new StripeFault(403, {
      type,
      message: 'This is a sandbox. It refuses live keys, and nothing was done.',
    });
  }
}
