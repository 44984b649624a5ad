import { inventory } from '@refrain/contract-inventory';
import { orders } from '@refrain/contract-orders';
import { payments } from '@refrain/contract-payments';
import { deadline, on } from '@refrain/runtime';
import { order } from './order.ts';

const chargeUndone =
  (reason: 'card_declined' | 'charge_failed' | 'charge_abandoned' | 'unknown') =>
  ({ orderId }: { orderId: string }) =>
    order.recordChargeUndone({ orderId, reason });

// What follows only from a cancellation finds the order cancelling, unless its log lost its tail: reason
// unknown.
const reservationUndone = ({ orderId }: { orderId: string }) =>
  order.recordReservationUndone({ orderId, reason: 'unknown' });

/** Everything orders does because of another service. STORED FORMAT: the names are part of the ids. */
export const reactions = [
  on(payments.ChargeCaptured, 'note that it is paid', order.acceptPayment),
  on(payments.ChargeDeclined, 'end the charge, declined', chargeUndone('card_declined')),
  on(payments.ChargeFailed, 'end the charge, failed', chargeUndone('charge_failed')),
  on(payments.ChargeAbandoned, 'cancel, charge abandoned', order.giveUpCharge),
  on(payments.ChargeUnwanted, 'end the charge, unwanted', chargeUndone('unknown')),
  // A refund that overtakes what led to it: the capture came after the charge was given up.
  on(payments.RefundIssued, 'end the charge, refunded', chargeUndone('charge_abandoned')),
  on(inventory.ReservationConfirmed, 'note that it is reserved', order.acceptReservation),
  on(inventory.ReservationRejected, 'end the reservation, rejected', order.recordReservationUndone),
  on(inventory.ReservationUnwanted, 'end the reservation, unwanted', reservationUndone),
  on(inventory.ReservationReleased, 'end the reservation, released', reservationUndone),
];

/** How long an order may take, in milliseconds, before it is cancelled. */
export const deadlines = (deadlineMs: number) => [
  deadline(orders.OrderPlaced, 'settle', deadlineMs, ({ orderId }) =>
    order.cancel({ orderId, reason: 'deadline' }),
  ),
];
