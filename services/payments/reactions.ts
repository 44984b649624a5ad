import { orders } from '@refrain/contract-orders';
import { on } from '@refrain/runtime';
import { charge } from './charge.ts';

/** Everything payments does because of another service. STORED FORMAT: the names are part of the ids. */
export const reactions = [
  on(orders.OrderPlaced, 'request the charge', charge.request),
  on(orders.OrderCancelling, 'give the money back', charge.cancel),
];
