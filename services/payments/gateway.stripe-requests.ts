import type { Call, Reconcile } from '@refrain/runtime';
import type { Stripe } from 'stripe';
import type { MovedMoney, MovedPage, PaymentProvider } from './gateway.ts';

/** As many as Stripe gives at once. */
const PAGE = 100;

/** What a request is sent with. Who asks for a list asks for no operation. */
export type Sent = Pick<Call, 'correlationId' | 'traceparent' | 'signal'> &
  Partial<Pick<Call, 'operationId'>>;
/** How the provider's logs and ours name a request alike. */
export const headersOf = ({ correlationId, operationId, traceparent }: Sent): Record<string, string> => ({
  'Refrain-Correlation-Id': correlationId,
  ...(operationId !== undefined && { 'Refrain-Operation-Id': operationId }),
  traceparent,
});

type Send = <T>(call: Sent, work: (options: Stripe.RequestOptions) => Promise<T>) => Promise<T>;

/** What was moved, as Stripe lists it; `send` makes one request. */
export const listsOf = (stripe: Stripe, send: Send): Pick<PaymentProvider, 'charged' | 'refunded'> => ({
  charged: (asked, call) =>
    send(call, async (options) => movedOf(await stripe.charges.list(createdIn(asked), options))),
  refunded: (asked, call) =>
    send(call, async (options) => movedOf(await stripe.refunds.list(createdIn(asked), options))),
});

/** What asks for a span: Stripe counts in whole seconds, both ends included. */
const createdIn = ({ span: { from, to }, after }: Parameters<Reconcile>[0]) => ({
  created: { gte: Math.floor(from / 1_000), lte: Math.ceil(to / 1_000) },
  limit: PAGE,
  ...(after !== undefined && { starting_after: after }),
});

/**
 * A page of charges or refunds as money that was moved; what failed, or bears no names of ours, is left out.
 */
function movedOf({
  data,
  has_more,
}: Pick<Stripe.ApiList<Stripe.Charge | Stripe.Refund>, 'data' | 'has_more'>): MovedPage {
  const last = data.at(-1)?.id;
  return { moved: data.flatMap(moneyOf), next: has_more ? last : undefined };
}

function moneyOf({ status, metadata, payment_intent, amount }: Stripe.Charge | Stripe.Refund): MovedMoney[] {
  const { orderId, operationId } = metadata ?? {};
  const providerRef = typeof payment_intent === 'string' ? payment_intent : payment_intent?.id;
  // A refund that is pending is on its way.
  const stands = status === 'succeeded' || status === 'pending';
  if (!stands || orderId === undefined || operationId === undefined || providerRef === undefined) return [];
  return [{ orderId, operationId, providerRef, amount: { minor: amount, currency: 'EUR' } }];
}
