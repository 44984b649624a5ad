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
  /** The sides that were undone after it was completed. */
  contradicted: Side[];
}

type Side = 'charge' | 'reservation';

const initialState: Order = {
  status: 'none',
  paid: false,
  reserved: false,
  chargeUndone: false,
  reservationUndone: false,
  contradicted: [],
};

interface Why {
  orderId: string;
  reason: CancelReason;
}

/** Of an order whose placing was lost with the log's tail, nobody knows the customer. */
const customerOf = (state: Order) => state.placing?.customer ?? { email: '' };

/** It hears of itself and does not know itself, since its log lost its tail: what was begun is undone. */
const cancellingUnknown = (orderId: string) => orders.OrderCancelling({ orderId, reason: 'unknown' });

const complete = (state: Order, orderId: string) =>
  orders.OrderCompleted({ orderId, customer: customerOf(state) });

/** The undoing of one side, and the end of the order if the other side is undone already. */
function undone(state: Order, side: Side, { orderId, reason }: Why) {
  const [event, here, there] =
    side === 'charge'
      ? [orders.OrderChargeUndone({ orderId }), state.chargeUndone, state.reservationUndone]
      : [orders.OrderReservationUndone({ orderId }), state.reservationUndone, state.chargeUndone];
  if (here) return [];
  switch (state.status) {
    case 'none':
      return [cancellingUnknown(orderId), event];
    case 'placed': // this final is itself the reason why the order cannot go on
      return [orders.OrderCancelling({ orderId, reason }), event];
    case 'cancelling': {
      const cancelled = { orderId, customer: customerOf(state), reason: state.reason ?? reason };
      return there ? [event, orders.OrderCancelled(cancelled)] : [event];
    }
    case 'completed': // it stands, and the world says otherwise: a person has to look
      return state.contradicted.includes(side) ? [] : [orders.OrderContradicted({ orderId, side })];
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
    OrderContradicted: (state, { side }) => {
      if (!state.contradicted.includes(side)) state.contradicted.push(side);
    },
  },
  decide: {
    place: (state, placing: Placing) => (state.status === 'none' ? [orders.OrderPlaced(placing)] : []),
    // Money that is not kept is on its way back already, and that it arrived is what counts.
    acceptPayment: (state, { orderId, kept }: { orderId: string; kept: boolean }) => {
      if (state.status === 'none') return [cancellingUnknown(orderId)];
      if (state.status !== 'placed' || state.paid || !kept) return [];
      const paid = orders.OrderPaid({ orderId });
      return state.reserved ? [paid, complete(state, orderId)] : [paid];
    },
    acceptReservation: (state, { orderId }: { orderId: string }) => {
      if (state.status === 'none') return [cancellingUnknown(orderId)];
      if (state.status !== 'placed' || state.reserved) return [];
      const reserved = orders.OrderReserved({ orderId });
      return state.paid ? [reserved, complete(state, orderId)] : [reserved];
    },
    cancel: (state, { orderId, reason }: Why) =>
      state.status === 'placed' ? [orders.OrderCancelling({ orderId, reason })] : [],
    // The provider is asked on; the order goes on without it.
    giveUpCharge: (state, { orderId }: { orderId: string }) => {
      if (state.status === 'none') return [cancellingUnknown(orderId)];
      const reason = 'charge_abandoned' as const;
      return state.status === 'placed' ? [orders.OrderCancelling({ orderId, reason })] : [];
    },
    recordChargeUndone: (state, why: Why) => undone(state, 'charge', why),
    recordReservationUndone: (state, why: Why) => undone(state, 'reservation', why),
  },
});
