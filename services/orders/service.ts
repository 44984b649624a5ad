import { orders } from '@refrain/contract-orders';
import { service } from '@refrain/runtime';
import { order } from './order.ts';
import { deadlines, reactions } from './reactions.ts';

/** The shop's edge. `deadlineMs`: how long an order may stay unsettled. */
export const ordersService = ({ deadlineMs }: { deadlineMs: number }) =>
  service({ contract: orders, deciders: [order], reactions, deadlines: deadlines(deadlineMs) });
