import { RefrainError } from '@refrain/errors';
import type { Call } from '@refrain/runtime';
import { Stripe } from 'stripe';
import { type PaymentProvider, type PaymentStatus, ProviderFault } from './gateway.ts';
import { oneRequestPerCall } from './gateway.one-request.ts';
import { headersOf, listsOf, type Sent } from './gateway.stripe-requests.ts';
import { faultOf } from './gateway.stripe-faults.ts';

const statuses: Partial<Record<Stripe.PaymentIntent.Status, PaymentStatus>> = {
  succeeded: 'captured',
  canceled: 'cancelled',
  requires_payment_method: 'declined', // the card was taken off it: it cannot be confirmed as it is
};

function problemsOf(apiKey: string): string {
  if (/^[sr]k_live_/.test(apiKey))
    return 'STRIPE_API_KEY is a live key; the sample refuses to move real money';
  return apiKey === '' ? 'STRIPE_API_KEY is empty' : '';
}

/**
 * Stripe, or what speaks like it. `url`: another place than Stripe's, the sandbox.
 * @throws RF_CONFIG for a live key; nothing is sent.
 */
export function stripeGateway({ apiKey, url }: { apiKey: string; url?: string | undefined }) {
  const problems = problemsOf(apiKey);
  if (problems) throw new RefrainError('RF_CONFIG', { problems });
  const requests = oneRequestPerCall();
  const { hostname, port, protocol } = new URL(url ?? 'https://api.stripe.com');
  const stripe = new Stripe(apiKey, {
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    protocol: protocol === 'http:' ? 'http' : 'https',
    httpClient: requests.client,
    maxNetworkRetries: 0,
    telemetry: false,
  });

  const send = async <T>(call: Sent, work: (options: Stripe.RequestOptions) => Promise<T>): Promise<T> => {
    const headers = headersOf(call);
    try {
      return await requests.within(call.signal, () => work({ headers, maxNetworkRetries: 0 }));
    } catch (error) {
      throw faultOf(error) ?? error;
    }
  };
  const sendOnce = <T>(call: Call, work: (options: Stripe.RequestOptions) => Promise<T>): Promise<T> =>
    send(call, (options) => work({ ...options, idempotencyKey: call.key }));

  const provider: PaymentProvider = {
    create: ({ orderId, amount, paymentMethod }, call) =>
      sendOnce(call, async (options) => {
        const metadata = { orderId, operationId: call.operationId };
        const intent = await stripe.paymentIntents.create(
          {
            amount: amount.minor,
            currency: 'eur',
            payment_method: paymentMethod,
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            metadata,
          },
          options,
        );
        return intent.id;
      }),
    confirm: (providerRef, call) =>
      sendOnce(call, async (options) => {
        const { status } = await stripe.paymentIntents.confirm(providerRef, {}, options);
        if (status === 'succeeded') return;
        // Nobody sits at the till who could confirm it to the bank.
        if (status === 'requires_action')
          throw new ProviderFault('card_declined', 'the card asks for its holder');
        throw new ProviderFault('provider_error', `confirmed, and its status is ${status}`, {
          replayed: true,
        });
      }),
    statusOf: (providerRef, call) =>
      send(call, async (options) => {
        const { status } = await stripe.paymentIntents.retrieve(providerRef, {}, options);
        return statuses[status] ?? 'open';
      }),
    // Without our key: a second cancellation is harmless, and a stored failure would be replayed to it for
    // ever.
    cancel: (providerRef, call) =>
      send(call, async (options) => {
        try {
          await stripe.paymentIntents.cancel(providerRef, {}, options);
          return 'cancelled';
        } catch (error) {
          // It has ended already; the refusal says how.
          const status =
            error instanceof Stripe.errors.StripeError ? error.payment_intent?.status : undefined;
          if (status === 'succeeded') return 'captured';
          if (status === 'canceled') return 'cancelled';
          throw error;
        }
      }),
    refund: ({ orderId, amount, providerRef }, call) =>
      sendOnce(call, async (options) => {
        const metadata = { orderId, operationId: call.operationId };
        await stripe.refunds.create({ payment_intent: providerRef, amount: amount.minor, metadata }, options);
      }),
    refundedOf: (providerRef, call) =>
      send(call, async (options) => {
        const { data } = await stripe.refunds.list({ payment_intent: providerRef, limit: 100 }, options);
        const standing = data.filter(({ status }) => status !== 'failed' && status !== 'canceled');
        return standing.reduce((sum, { amount }) => sum + amount, 0);
      }),
    ...listsOf(stripe, send),
  };
  return { ...provider, close: requests.close };
}
