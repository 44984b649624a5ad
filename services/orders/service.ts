import { orders } from '@refrain/contract-orders';
import { matter, service } from '@refrain/runtime';
import { order } from './order.ts';
import { deadlines, reactions } from './reactions.ts';

/** What the shop owes. An order whose placing was lost with the log's tail begins by being cancelled. */
const matters = [
  matter('unsettled order', {
    opens: [orders.OrderPlaced, orders.OrderCancelling],
    closes: [orders.OrderCompleted, orders.OrderCancelled],
    worth: { of: orders.OrderPlaced, is: ({ total }) => total },
  }),
  matter('captured and unsettled', {
    opens: [orders.OrderPaid],
    closes: [orders.OrderCompleted, orders.OrderChargeUndone],
    worth: { of: orders.OrderPlaced, is: ({ total }) => total },
  }),
];

/** The shop's edge. `deadlineMs`: how long an order may stay unsettled. */
export const ordersService = ({ deadlineMs }: { deadlineMs: number }) =>
  service({ contract: orders, deciders: [order], reactions, deadlines: deadlines(deadlineMs), matters });
