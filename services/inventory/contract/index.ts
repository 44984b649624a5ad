/** Inventory knows what lies on the shelf, and sets it aside for an order: every line of it, or none. */
import { defineContract, event } from '@refrain/contract-kit';
import { z } from 'zod';

const orderId = z.string();
const receiptId = z.string();
const sku = z.string();
const quantity = z.int().positive(); // pieces
const lines = z.array(z.strictObject({ sku, quantity }));
const refusal = z.enum(['out_of_stock', 'defect']);

// STORED FORMAT: names and fields stay in the log for ever. Never edit one; add a version and its upcast.
export const inventory = defineContract({
  service: 'inventory',
  entities: {
    reservation: {
      id: 'orderId', // one reservation per order
      events: {
        ReservationRequested: event(1, { orderId, lines }), // the warehouse answers
        ReservationConfirmed: event(1, { orderId }),
        ReservationRejected: event(1, { orderId, reason: refusal }),
        ReservationUnwanted: event(1, { orderId }), // cancelled before it began
        ReservationRecalled: event(1, { orderId, reason: z.string() }), // cancelled before the answer came
        ReleaseRequested: event(1, { orderId, lines }), // the warehouse answers
        ReservationReleased: event(1, { orderId }),
      },
    },
    receipt: {
      id: 'receiptId', // goods that came in: the same request is one receipt, for ever
      events: {
        ReceiptRequested: event(1, { receiptId, sku, quantity }), // the warehouse answers
        ReceiptConfirmed: event(1, { receiptId }),
      },
    },
    warehouse: {
      fixedId: 'main', // hot: decides over all SKUs at once, in the order of the log
      events: {
        StockReceived: event(1, { receiptId, sku, quantity }),
        StockReserved: event(1, { orderId, lines }),
        StockRefused: event(1, { orderId, reason: refusal, sku: sku.optional() }), // sku: what fell short
        StockReleased: event(1, { orderId, lines }),
      },
    },
  },
  outsiders: {
    // The system of a depot that is none of ours: it tells what was delivered, and hears what became of it.
    depot: {
      tells: {
        GoodsArrived: event(1, {
          sku: z.string().regex(/^[a-z]+-[0-9]{3}$/),
          quantity: z.int().min(1).max(1_000_000), // pieces
        }),
      },
      hears: ['receipt'],
    },
  },
  undoneBy: { ReservationConfirmed: 'ReservationReleased', StockReserved: 'StockReleased' },
});
