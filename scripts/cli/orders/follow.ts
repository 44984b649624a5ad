import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, OrdersClient } from './orders-client.ts';

export interface FollowOptions {
  /** When to stop looking, on the clock of `performance.now()`. */
  readonly untilMs: number;
  readonly onChange?: (order: Order) => void;
}

const firstPauseMs = 50;
const longestPauseMs = 500;

export const isSettled = ({ status }: Order): boolean => status === 'completed' || status === 'cancelled';

/** Looks at an order until it settles or the time is over, and returns what it was then. */
export async function follow(
  client: Pick<OrdersClient, 'find'>,
  orderId: string,
  { untilMs, onChange = () => undefined }: FollowOptions,
): Promise<Order> {
  let last = '';
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const order = await client.find(orderId);
    if (order.status !== last) onChange(order);
    last = order.status;
    if (isSettled(order) || performance.now() + pauseMs > untilMs) return order;
    await sleep(pauseMs);
  }
}
