/** Payments charges an order once, and gives the money back when the order cannot go on. */
import {
  defineContract,
  event,
  keyed,
  Money,
  outage,
  rejected,
  throttled,
  transient,
} from '@refrain/contract-kit';
import { z } from 'zod';

const DAY_MS = 24 * 60 * 60 * 1000;
const orderId = z.string();
const providerRef = z.string(); // the provider's name for the payment
const reason = z.string();

// STORED FORMAT: names and fields stay in the log for ever. Never edit one; add a version and its upcast.
export const payments = defineContract({
  service: 'payments',
  entities: {
    charge: {
      id: 'orderId', // one charge per order: events.payments.<partition>.charge.<orderId>
      events: {
        ChargeRequested: event(1, { orderId, amount: Money, paymentMethod: z.string() }),
        ChargeCaptured: event(
          2,
          { orderId, amount: Money, providerRef, kept: z.boolean() },
          {
            // kept: false = on its way back
            1: (v1: { orderId: string; cents: number; providerRef: string }) => ({
              orderId: v1.orderId,
              amount: { minor: v1.cents, currency: 'EUR' }, // v1 knew euros only
              providerRef: v1.providerRef,
              kept: true,
            }),
          },
        ),
        ChargeDeclined: event(1, { orderId }),
        ChargeFailed: event(1, { orderId }), // given up, and it surely never happened
        ChargeAbandoned: event(1, { orderId }), // given up, unknown: asked again, then a person
        ChargeUnwanted: event(1, { orderId }), // cancelled before it began
        ChargeRecalled: event(1, { orderId, reason }), // cancelled while it was under way
        RefundRequested: event(1, { orderId, amount: Money, providerRef, reason }),
        RefundIssued: event(1, { orderId, providerRef }),
        RefundStuck: event(1, { orderId }), // compensation failed: shown to a person, never hidden
      },
    },
  },
  undoneBy: { ChargeCaptured: 'RefundIssued' },
  waits: ['ChargeAbandoned', 'RefundStuck'],
  effects: {
    charge: {
      after: 'ChargeRequested',
      dependency: 'psp',
      steps: ['create', 'confirm'],
      timeoutMs: 5_000,
      repeat: keyed({ horizonMs: DAY_MS, lookup: { visibleWithinMs: 0 } }),
      retry: { attempts: 10, firstDelayMs: 200, maxDelayMs: 10_000 },
      neverHappened: 'ChargeFailed',
      failures: {
        card_declined: rejected({ records: 'ChargeDeclined' }),
        payment_method_refused: rejected({ records: 'ChargeDeclined' }), // the provider knows none such
        provider_down: outage({ happened: 'no', givingUp: 'ChargeFailed' }),
        provider_busy: throttled({ happened: 'no', givingUp: 'ChargeFailed' }),
        // The first that leaves it unknown: what a timeout is taken for.
        provider_error: transient({ happened: 'unknown', givingUp: 'ChargeAbandoned' }),
        key_in_progress: transient({ happened: 'unknown', givingUp: 'ChargeAbandoned' }),
      },
    },
    refund: {
      after: 'RefundRequested',
      undoes: 'ChargeCaptured',
      dependency: 'psp',
      steps: ['refund'],
      timeoutMs: 5_000,
      repeat: keyed({ horizonMs: DAY_MS, lookup: { visibleWithinMs: 0 } }),
      retry: { attempts: 20, firstDelayMs: 500, maxDelayMs: 15_000 },
      failures: {
        provider_down: outage({ happened: 'no', givingUp: 'RefundStuck' }),
        provider_busy: throttled({ happened: 'no', givingUp: 'RefundStuck' }),
        // The first that leaves it unknown: what a timeout is taken for.
        provider_error: transient({ happened: 'unknown', givingUp: 'RefundStuck' }),
        key_in_progress: transient({ happened: 'unknown', givingUp: 'RefundStuck' }),
      },
    },
  },
});
