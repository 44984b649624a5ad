/** Orders takes an order and brings it to its end: paid for and reserved, or cancelled with nothing kept. */
import { defineContract, event, Money, personal } from '@refrain/contract-kit';
import { z } from 'zod';

const orderId = z.string();
const customer = z.strictObject({ email: personal(z.string()) });
const line = z.strictObject({ sku: z.string(), quantity: z.int().positive(), unitPrice: Money });

/**
 * Why an order cannot go on. `unknown`: it heard of itself and did not know itself, since its log lost its
 * tail.
 */
const reason = z.enum([
  'card_declined',
  'charge_failed',
  'charge_abandoned',
  'out_of_stock',
  'defect',
  'deadline',
  'requested',
  'unknown',
]);
export type CancelReason = z.output<typeof reason>;

// STORED FORMAT: names and fields stay in the log for ever. Never edit one; add a version and its upcast.
export const orders = defineContract({
  service: 'orders',
  entities: {
    order: {
      id: 'orderId', // events.orders.<partition>.order.<orderId>; also the id of the flow
      events: {
        OrderPlaced: event(1, {
          orderId,
          customer,
          lines: z.array(line),
          total: Money,
          paymentMethod: z.string(), // the provider's name for it, pm_card_visa
          requestHash: z.string(), // the same key with another body is noticed by it
        }),
        OrderPaid: event(1, { orderId }),
        OrderReserved: event(1, { orderId }),
        OrderCompleted: event(1, { orderId, customer }), // settled forward
        OrderCancelling: event(1, { orderId, reason }), // what was done is being undone
        OrderChargeUndone: event(1, { orderId }), // nothing of the customer's money is kept, and none will be
        OrderReservationUndone: event(1, { orderId }), // nothing is set aside, and nothing will be
        OrderCancelled: event(1, { orderId, customer, reason }), // settled backward
        // It was completed, and a side of it was undone afterwards: shown to a person.
        OrderContradicted: event(1, { orderId, side: z.enum(['charge', 'reservation']) }),
      },
    },
  },
  undoneBy: { OrderPaid: 'OrderChargeUndone', OrderReserved: 'OrderReservationUndone' },
  waits: ['OrderContradicted'],
});
