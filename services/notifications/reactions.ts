import { orders } from '@refrain/contract-orders';
import { on } from '@refrain/runtime';
import { mail } from './mail.ts';

/** Everything notifications does because of another service. STORED FORMAT: the names are part of the ids. */
export const reactions = [
  on(orders.OrderCompleted, 'write that it is completed', (order) =>
    mail.request({ ...order, about: 'completed' }),
  ),
  on(orders.OrderCancelled, 'write that it is cancelled', (order) =>
    mail.request({ ...order, about: 'cancelled' }),
  ),
];
