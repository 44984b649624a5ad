import { z } from 'zod';
import { createdParameter, type CreatedWithin, endpoint, expandParameter } from './endpoint.ts';
import type { PaymentIntent } from './payment-intent.ts';

/** Money that was taken, as Stripe lists it. */
export interface Charge {
  readonly id: string;
  readonly object: 'charge';
  readonly payment_intent: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly [field: string]: unknown;
}

export interface ChargeStore {
  put(charge: Charge): void;
  /** Newest first; `after` is the id of the last one the reader has. */
  list(query: { within: CreatedWithin; limit: number; after: string | null }): Charge[];
}

/** The charge of an intent that has just succeeded. */
export function chargeOf(intent: PaymentIntent, created: number): Charge {
  const { id, amount, currency, metadata, latest_charge } = intent;
  return {
    id: latest_charge ?? '',
    object: 'charge',
    amount,
    amount_captured: amount,
    captured: true,
    paid: true,
    status: 'succeeded',
    currency,
    metadata,
    payment_intent: id,
    created,
    livemode: false,
  };
}

const listParameters = z.strictObject({
  created: createdParameter,
  limit: z.coerce.number().int().min(1).max(100).default(10),
  starting_after: z.string().optional(),
  expand: expandParameter,
});

export const createChargeEndpoints = ({ charges }: { readonly charges: ChargeStore }) => ({
  list: endpoint(listParameters, ({ created, limit, starting_after = null }) => {
    // One more than asked for tells whether there is more.
    const found = charges.list({ within: created, limit: limit + 1, after: starting_after });
    const data = found.slice(0, limit);
    const body = { object: 'list', url: '/v1/charges', has_more: found.length > limit, data };
    return { status: 200, body };
  }),
});
