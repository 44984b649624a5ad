import { z } from 'zod';
import {
  type Answer,
  amountParameter,
  createdParameter,
  type CreatedWithin,
  endpoint,
  expandParameter,
  metadataParameter,
} from './endpoint.ts';
import type { Ledger } from './ledger.ts';
import { findIntent, type IntentStore, newId, secondsOf } from './payment-intent.ts';
import { invalidRequest } from './stripe-fault.ts';

export interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly payment_intent: string;
  readonly [field: string]: unknown;
}

export interface RefundStore {
  put(refund: Refund): void;
  /** Minor units that have gone back already. */
  sumOf(intentId: string): number;
  /** Newest first; of every intent when none is named; `after` is the id of the last one the reader has. */
  list(query: {
    intentId: string | null;
    within: CreatedWithin;
    limit: number;
    after: string | null;
  }): Refund[];
}

interface Desk {
  readonly intents: IntentStore;
  readonly refunds: RefundStore;
  readonly ledger: Ledger;
  readonly now: () => number;
}

const refundReasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
const createParameters = z.strictObject({
  payment_intent: z.string().min(1),
  amount: amountParameter.optional(), // all that is left, when it is not said
  reason: z.enum(refundReasons).optional(),
  metadata: metadataParameter,
  expand: expandParameter,
});
const listParameters = z.strictObject({
  created: createdParameter,
  payment_intent: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  starting_after: z.string().optional(),
  expand: expandParameter,
});

export function createRefundEndpoints(desk: Desk) {
  return {
    create: endpoint(createParameters, (parameters, { idempotencyKey }) =>
      refund(desk, { ...parameters, idempotencyKey }),
    ),
    list: endpoint(listParameters, ({ created, payment_intent = null, limit, starting_after = null }) => {
      // One more than asked for tells whether there is more.
      const asked = { intentId: payment_intent, within: created, after: starting_after };
      const found = desk.refunds.list({ ...asked, limit: limit + 1 });
      const data = found.slice(0, limit);
      return {
        status: 200,
        body: { object: 'list', url: '/v1/refunds', has_more: found.length > limit, data },
      };
    }),
  };
}

type RefundRequest = z.output<typeof createParameters> & { idempotencyKey: string | null };

function refund({ intents, refunds, ledger, now }: Desk, request: RefundRequest): Answer {
  const { payment_intent, metadata, idempotencyKey } = request;
  const intent = findIntent(intents, payment_intent, 'payment_intent');
  if (intent.status !== 'succeeded') {
    const message = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
    throw invalidRequest(message, { param: 'payment_intent' });
  }
  const left = intent.amount_received - refunds.sumOf(intent.id);
  const amount = request.amount ?? left;
  if (left === 0 || amount > left) {
    const message = `Charge ${intent.latest_charge} has ${left} left to refund, not ${amount}.`;
    throw invalidRequest(message, { code: 'charge_already_refunded' });
  }
  const currency = 'eur';
  const made: Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    currency,
    payment_intent,
    charge: intent.latest_charge,
    metadata,
    reason: request.reason ?? null,
    status: 'succeeded',
    created: secondsOf(now()),
    balance_transaction: null,
    receipt_number: null,
  };
  const orderId = metadata['orderId'] ?? null;
  const operationId = metadata['operationId'] ?? null;
  const at = new Date(now()).toISOString();
  ledger.append({ kind: 'refund', id: made.id, idempotencyKey, orderId, operationId, amount, currency, at });
  refunds.put(made);
  return { status: 200, body: made };
}
