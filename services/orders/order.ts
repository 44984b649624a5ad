import type { Money } from '@refrain/contract-kit';
import { type CancelReason, orders } from '@refrain/contract-orders';
import { defineDecider } from '@refrain/decider';

/** What the customer asked for, with the prices of that moment. */
export interface Placing {
  orderId: string;
  customer: { email: string };
  lines: { sku: string; quantity: number; unitPrice: Money }[];
  total: Money;
  paymentMethod: string;
  requestHash: string;
}

/** What is known of one order. */
export interface Order {
  status: 'none' | 'placed' | 'cancelling' | 'completed' | 'cancelled';
  placing?: Placing;
  paid: boolean;
  reserved: boolean;
  chargeUndone: boolean;
  reservationUndone: boolean;
  reason?: CancelReason;
}

const initialState: Order = {
  status: 'none',
  paid: false,
  reserved: false,
  chargeUndone: false,
  reservationUndone: false,
};

interface Why {
  orderId: string;
  reason: CancelReason;
}

const customerOf = (state: Order) => state.placing?.customer ?? { email: '' };

const complete = (state: Order, orderId: string) =>
  orders.OrderCompleted({ orderId, customer: customerOf(state) });

/** The undoing of one side, and the end of the order if the other side is undone already. */
function undone(state: Order, side: 'charge' | 'reservation', { orderId, reason }: Why) {
  const [event, here, there] =
    side === 'charge'
      ? [orders.OrderChargeUndone({ orderId }), state.chargeUndone, state.reservationUndone]
      : [orders.OrderReservationUndone({ orderId }), state.reservationUndone, state.chargeUndone];
  if (here) return [];
  switch (state.status) {
    case 'placed': // this final is itself the reason why the order cannot go on
      return [orders.OrderCancelling({ orderId, reason }), event];
    case 'cancelling': {
      const cancelled = { orderId, customer: customerOf(state), reason: state.reason ?? reason };
      return there ? [event, orders.OrderCancelled(cancelled)] : [event];
    }
    default:
      return [];
  }
}

/** What one order decides. It settles only on what is final for the others. `[]` means: nothing to add. */
export const order = defineDecider(
  orders,
  'order',
  initialState,
)({
  evolve: {
    OrderPlaced: (state, placing) => {
      state.status = 'placed';
      state.placing = placing;
    },
    OrderPaid: (state) => {
      state.paid = true;
    },
    OrderReserved: (state) => {
      state.reserved = true;
    },
    OrderCompleted: (state) => {
      state.status = 'completed';
    },
    OrderCancelling: (state, { reason }) => {
      state.status = 'cancelling';
      state.reason = reason;
    },
    OrderChargeUndone: (state) => {
      state.chargeUndone = true;
    },
    OrderReservationUndone: (state) => {
      state.reservationUndone = true;
    },
    OrderCancelled: (state) => {
      state.status = 'cancelled';
    },
  },
  decide: {
    place: (state, placing: Placing) => (state.status === 'none' ? [orders.OrderPlaced(placing)] : []),
    // Money that is not kept is on its way back already, and that it arrived is what counts.
    acceptPayment: (state, { orderId, kept }: { orderId: string; kept: boolean }) => {
      if (state.status !== 'placed' || state.paid || !kept) return [];
      const paid = orders.OrderPaid({ orderId });
      return state.reserved ? [paid, complete(state, orderId)] : [paid];
    },
    acceptReservation: (state, { orderId }: { orderId: string }) => {
      if (state.status !== 'placed' || state.reserved) return [];
      const reserved = orders.OrderReserved({ orderId });
      return state.paid ? [reserved, complete(state, orderId)] : [reserved];
    },
    cancel: (state, { orderId, reason }: Why) =>
      state.status === 'placed' ? [orders.OrderCancelling({ orderId, reason })] : [],
    recordChargeUndone: (state, why: Why) => undone(state, 'charge', why),
    recordReservationUndone: (state, why: Why) => undone(state, 'reservation', why),
  },
});
