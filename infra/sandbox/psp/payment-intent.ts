import { randomUUID } from 'node:crypto';
import { invalidRequest, missing } from './stripe-fault.ts';

export interface PaymentIntent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: 'eur';
  readonly metadata: Record<string, string>;
  readonly status: 'requires_payment_method' | 'requires_confirmation' | 'succeeded' | 'canceled';
  readonly payment_method: string | null;
  readonly amount_received: number;
  readonly latest_charge: string | null;
  readonly last_payment_error: object | null;
  readonly canceled_at: number | null;
  readonly cancellation_reason: string | null;
  readonly [field: string]: unknown;
}

export interface IntentStore {
  find(id: string): PaymentIntent | undefined;
  put(intent: PaymentIntent): void;
}

export const newId = (prefix: string) => `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
export const secondsOf = (timeMs: number) => Math.floor(timeMs / 1_000);

/** Cards by what happens at confirm. */
const cards = { pm_card_visa: 'succeeds', pm_card_chargeDeclined: 'declined' } as const;

export function checkCard(card: string): 'succeeds' | 'declined' {
  if (Object.hasOwn(cards, card)) return cards[card as keyof typeof cards];
  throw invalidRequest(`No such PaymentMethod: '${card}'`, {
    code: 'resource_missing',
    param: 'payment_method',
  });
}

export function findIntent(intents: IntentStore, id: string, param = 'intent'): PaymentIntent {
  const intent = intents.find(id);
  if (!intent) throw missing('payment_intent', { id, param });
  return intent;
}
