import { z } from 'zod';
import { type Answer, amountParameter, endpoint, expandParameter, metadataParameter } from './endpoint.ts';
import { type ChargeStore, chargeOf } from './charges.ts';
import type { Ledger } from './ledger.ts';
import {
  checkCard,
  findIntent,
  type IntentStore,
  newId,
  type PaymentIntent,
  secondsOf,
} from './payment-intent.ts';
import { unexpectedState } from './stripe-fault.ts';

interface Desk {
  readonly intents: IntentStore;
  readonly charges: ChargeStore;
  readonly ledger: Ledger;
  readonly now: () => number;
}

const paymentMethod = z.string().min(1);
const createParameters = z.strictObject({
  amount: amountParameter,
  currency: z.literal('eur'),
  payment_method: paymentMethod.optional(),
  payment_method_types: z.array(z.literal('card')).optional(),
  automatic_payment_methods: z
    .strictObject({ enabled: z.string(), allow_redirects: z.string().optional() })
    .optional(),
  confirmation_method: z.enum(['automatic', 'manual']).default('automatic'),
  capture_method: z.enum(['automatic', 'automatic_async']).default('automatic'),
  confirm: z.literal('false').optional(), // money moves at confirm, and nowhere else
  description: z.string().optional(),
  metadata: metadataParameter,
  expand: expandParameter,
});
const confirmParameters = z.strictObject({
  payment_method: paymentMethod.optional(),
  return_url: z.string().optional(),
  off_session: z.string().optional(),
  expand: expandParameter,
});
const reasons = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const;
const cancelParameters = z.strictObject({
  cancellation_reason: z.enum(reasons).optional(),
  expand: expandParameter,
});
const retrieveParameters = z.strictObject({ expand: expandParameter });

export function createIntentEndpoints(desk: Desk) {
  return {
    create: endpoint(createParameters, (parameters) => create(desk, parameters)),
    confirm: endpoint(confirmParameters, (parameters, about) => confirm(desk, { ...parameters, ...about })),
    cancel: endpoint(cancelParameters, ({ cancellation_reason = null }, { id }) => {
      const intent = findIntent(desk.intents, id);
      if (intent.status === 'succeeded' || intent.status === 'canceled') throw refusal('cancel', intent);
      const canceled_at = secondsOf(desk.now());
      return put(desk.intents, { ...intent, status: 'canceled', canceled_at, cancellation_reason });
    }),
    retrieve: endpoint(retrieveParameters, (_, { id }) => {
      return { status: 200, body: findIntent(desk.intents, id) };
    }),
  };
}

function put(intents: IntentStore, intent: PaymentIntent): Answer {
  intents.put(intent);
  return { status: 200, body: intent };
}

const refusal = (
  verb: 'confirm' | 'cancel',
  intent: PaymentIntent,
  why = `has a status of ${intent.status}`,
) => unexpectedState(`You cannot ${verb} this PaymentIntent because it ${why}.`, intent);

function create({ intents, now }: Desk, parameters: z.output<typeof createParameters>): Answer {
  const { amount, currency, metadata, payment_method = null } = parameters;
  if (payment_method) checkCard(payment_method);
  const id = newId('pi');
  return put(intents, {
    id,
    object: 'payment_intent',
    amount,
    currency,
    metadata,
    payment_method,
    status: payment_method ? 'requires_confirmation' : 'requires_payment_method',
    amount_received: 0,
    amount_capturable: 0,
    latest_charge: null,
    last_payment_error: null,
    next_action: null,
    canceled_at: null,
    cancellation_reason: null,
    client_secret: newId(`${id}_secret`),
    capture_method: parameters.capture_method,
    confirmation_method: parameters.confirmation_method,
    description: parameters.description ?? null,
    payment_method_types: ['card'],
    created: secondsOf(now()),
    livemode: false,
  });
}

type Confirmation = { id: string; idempotencyKey: string | null; payment_method?: string | undefined };

function confirm(
  { intents, charges, ledger, now }: Desk,
  { id, idempotencyKey, payment_method }: Confirmation,
) {
  const intent = findIntent(intents, id);
  if (intent.status === 'succeeded') {
    throw refusal('confirm', intent, 'has already succeeded after being previously confirmed');
  }
  if (intent.status === 'canceled') throw refusal('confirm', intent);
  const card = payment_method ?? intent.payment_method;
  if (!card) throw refusal('confirm', intent, 'is missing a payment method');
  const latest_charge = newId('ch');
  if (checkCard(card) === 'declined') return decline(intents, { ...intent, latest_charge }, card);

  const { amount, currency, metadata } = intent;
  const orderId = metadata['orderId'] ?? null;
  const operationId = metadata['operationId'] ?? null;
  const at = new Date(now()).toISOString();
  ledger.append({ kind: 'charge', id, idempotencyKey, orderId, operationId, amount, currency, at });
  const succeeded: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    payment_method: card,
    amount_received: amount,
    latest_charge,
    last_payment_error: null,
  };
  charges.put(chargeOf(succeeded, secondsOf(now())));
  return put(intents, succeeded);
}

function decline(intents: IntentStore, intent: PaymentIntent, card: string): Answer {
  const error = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
    charge: intent.latest_charge,
    payment_method: { id: card, object: 'payment_method', type: 'card' },
  };
  // The card is taken off the intent: it waits for another one.
  const declined: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: error,
  };
  intents.put(declined);
  return { status: 402, body: { error: { ...error, payment_intent: declined } } };
}
