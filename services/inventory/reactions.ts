import { inventory } from '@refrain/contract-inventory';
import { orders } from '@refrain/contract-orders';
import { on, told } from '@refrain/runtime';
import { receipt } from './receipt.ts';
import { reservation } from './reservation.ts';
import { warehouse } from './warehouse.ts';

/**
 * What inventory does because of orders, and of its warehouse's answers. STORED FORMAT: the names are part
 * of the ids.
 */
export const reactions = [
  on(orders.OrderPlaced, 'request the reservation', reservation.request),
  on(orders.OrderCancelling, 'give the stock back', reservation.cancel),
  on(inventory.StockReserved, 'confirm the reservation', reservation.confirm),
  on(inventory.StockRefused, 'reject the reservation', reservation.reject),
  on(inventory.StockReleased, 'end the release', reservation.recordRelease),
  on(inventory.StockReceived, 'confirm the receipt', receipt.confirm),
];

/** What inventory does because of what outsiders tell it. STORED FORMAT: the names are part of the ids. */
export const outside = [
  told(inventory.$tells.GoodsArrived, 'take in what arrived', ({ id, data }) =>
    receipt.request({ receiptId: id, ...data }),
  ),
];

/** The requests that the warehouse answers, each exactly once. STORED FORMAT. */
export const hot = [
  {
    decider: warehouse,
    answers: [
      on(inventory.ReservationRequested, 'reserve the stock', warehouse.reserve),
      on(inventory.ReleaseRequested, 'release the stock', warehouse.release),
      on(inventory.ReceiptRequested, 'take in the goods', warehouse.receive),
    ],
    onDefect: ({ type, data }: { type: string; data: unknown }) =>
      type === 'ReservationRequested' ? warehouse.refuse(data as { orderId: string }) : undefined,
  },
];
