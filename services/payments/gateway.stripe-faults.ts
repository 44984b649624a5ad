import { messageOf } from '@refrain/errors';
import { Stripe } from 'stripe';
import { ProviderFault } from './gateway.ts';

/** The request never reached anybody: no connection came about. */
const neverConnected = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if ((error as NodeJS.ErrnoException).syscall === 'connect' || 'errors' in error) return true;
  return /^(ENOTFOUND|EAI_AGAIN)$/.test((error as NodeJS.ErrnoException).code ?? '');
};

/** Our request came twice, or the first one's answer was lost: what it wanted may have happened already. */
const doneAlready = new Set(['payment_intent_unexpected_state', 'charge_already_refunded']);

/** Stripe knows no such payment method, or takes it from nobody here. It looks before it does anything. */
const refusesMethod = (error: InstanceType<typeof Stripe.errors.StripeError>): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'payment_method';

/** What Stripe answered, in the words of the contract; `undefined` for what nobody expected. */
export function faultOf(error: unknown): ProviderFault | undefined {
  if (error instanceof ProviderFault) return error;
  if (!(error instanceof Stripe.errors.StripeError)) return undefined;
  const { statusCode = 0, code = '', headers = {}, message } = error;
  const fault = (...[failure, more = {}]: [ProviderFault['failure'], Partial<ProviderFault>?]) =>
    new ProviderFault(failure, message, { ...more, cause: error });
  const replayed = headers['idempotent-replayed'] === 'true';

  if (error instanceof Stripe.errors.StripeConnectionError) {
    const origin = (error.detail as Error | undefined)?.cause;
    const failure = neverConnected(origin) ? 'provider_down' : 'provider_error';
    return new ProviderFault(failure, messageOf(origin ?? error), { cause: error });
  }
  if (error instanceof Stripe.errors.StripeCardError) return fault('card_declined');
  if (statusCode === 429) {
    const seconds = Number(headers['retry-after']);
    return fault('provider_busy', { retryAfterMs: seconds > 0 ? seconds * 1_000 : 0 });
  }
  if (statusCode === 409) return fault('key_in_progress');
  if (doneAlready.has(code)) return fault('provider_error', { replayed: true });
  if (refusesMethod(error)) return fault('payment_method_refused');
  // Without a status: an answer that was no JSON, a proxy's error page.
  if (statusCode >= 500 || (error instanceof Stripe.errors.StripeAPIError && statusCode === 0))
    return fault('provider_error', { replayed });
  return undefined;
}
