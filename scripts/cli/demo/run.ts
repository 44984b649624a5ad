import { setTimeout as sleep } from 'node:timers/promises';
import type { OrdersClient } from '../orders/orders-client.ts';
import type { PlannedOrder } from './mix.ts';
import { type Ended, placeAndFollow } from './place.ts';

export interface DemoOptions {
  /** Orders per second. */
  readonly rate: number;
  /** How long after the last one was placed all must have settled. */
  readonly timeoutMs: number;
  readonly onProgress?: (ended: number, underWay: number) => void;
  /** Ends the placing; what was placed is followed to its end. Default: never. */
  readonly signal?: AbortSignal;
}

/** Most orders placed and not yet settled at once; beyond it, placing waits. */
const underWayMax = 256;

/** Places the orders at the rate given and follows all of them. */
export async function runDemo(
  client: OrdersClient,
  orders: readonly PlannedOrder[],
  { rate, timeoutMs, onProgress = () => undefined, signal }: DemoOptions,
): Promise<Ended[]> {
  const startedMs = performance.now();
  const underWay = new Set<Promise<void>>();
  const results: Ended[] = [];
  const failures: unknown[] = [];
  const settle = async (planned: PlannedOrder, untilMs: number): Promise<void> => {
    try {
      results.push(await placeAndFollow(client, planned, untilMs));
      onProgress(results.length, underWay.size - 1);
    } catch (error) {
      failures.push(error);
    }
  };
  for (const [index, planned] of orders.entries()) {
    const dueMs = startedMs + (index * 1_000) / rate;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await sleep(earlyMs);
    while (underWay.size >= underWayMax) await Promise.race(underWay);
    if (failures.length > 0 || signal?.aborted) break;
    const one = settle(planned, performance.now() + timeoutMs).finally(() => underWay.delete(one));
    underWay.add(one);
    onProgress(results.length, underWay.size);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return results;
}
