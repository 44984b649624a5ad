import { setTimeout as sleep } from 'node:timers/promises';

/** One order of the mix: one piece of one SKU, or far more than there is. */
export interface BenchOrder {
  readonly key: string;
  readonly sku: string;
  readonly quantity: number;
  /** Price of one piece, in minor units. */
  readonly unitPrice: number;
  readonly email: string;
  /** It asks for too much: its money goes back, and it ends as cancelled. */
  readonly tooMuch: boolean;
}

export const SKUS = Array.from({ length: 100 }, (_, i) => `sku-${i}`);
export const STOCK_PER_SKU = 1_000_000;
const TOO_MUCH_EVERY = 20;
const TOO_MUCH = 1_000_000_000;

/** The same `phase` and `i` make the same order on both sides. */
export function benchOrder(phase: string, i: number): BenchOrder {
  const tooMuch = i % TOO_MUCH_EVERY === TOO_MUCH_EVERY - 1;
  return {
    key: `${phase}-${i}`,
    sku: SKUS[i % SKUS.length] as string,
    quantity: tooMuch ? TOO_MUCH : 1,
    unitPrice: 4_200 + (i % 100),
    email: `c${i}@example.test`,
    tooMuch,
  };
}

/** Milliseconds since 1970, finer than a millisecond and the same in every process of the machine. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

/** Where orders are placed, and where it is known when each of them was done. */
export interface Target {
  idOf(order: BenchOrder): string;
  place(order: BenchOrder, id: string): Promise<void>;
  /** When an order was done, by its id; filled while the run goes on. */
  readonly doneAt: ReadonlyMap<string, number>;
}

export interface Placed {
  readonly orders: readonly BenchOrder[];
  /** By id: when it was placed, or should have been. */
  readonly placedAt: ReadonlyMap<string, number>;
  /** How many orders are done when all of these are: what was placed before them was done before. */
  readonly doneInAll: number;
}

/** Places `count` orders, `inFlight` at a time; a placement does not wait until its order is done. */
export async function burst(target: Target, phase: string, count: number, inFlight = 64): Promise<Placed> {
  const orders: BenchOrder[] = [];
  const doneInAll = target.doneAt.size + count;
  const placedAt = new Map<string, number>();
  const lane = async (): Promise<void> => {
    while (orders.length < count) {
      const order = benchOrder(phase, orders.length);
      orders.push(order);
      const id = target.idOf(order);
      placedAt.set(id, preciseNow());
      await target.place(order, id);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  return { orders, placedAt, doneInAll };
}

/**
 * Places at fixed times, whatever became of the orders before. The time to settle counts from when an order
 * was due.
 */
export async function openLoop(
  target: Target,
  phase: string,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Placed> {
  const orders = Array.from({ length: perSecond * seconds }, (_, i) => benchOrder(phase, i));
  const doneInAll = target.doneAt.size + orders.length;
  const placedAt = new Map<string, number>();
  const placing: Promise<void>[] = [];
  const start = preciseNow() + 20;
  for (const [i, order] of orders.entries()) {
    const due = start + (i * 1_000) / perSecond;
    const wait = due - preciseNow();
    if (wait > 0) await sleep(wait);
    const id = target.idOf(order);
    placedAt.set(id, due);
    placing.push(target.place(order, id));
  }
  await Promise.all(placing);
  return { orders, placedAt, doneInAll };
}

/**
 * Waits until all are done. Returns the milliseconds each took.
 * @throws when `timeoutMs` passes without one more.
 */
export async function settled({ doneAt }: Target, placed: Placed, timeoutMs = 30_000): Promise<number[]> {
  let done = -1;
  let progressAt = 0;
  while (doneAt.size < placed.doneInAll) {
    if (doneAt.size > done) [done, progressAt] = [doneAt.size, performance.now()];
    if (performance.now() - progressAt > timeoutMs)
      throw new Error(`${placed.doneInAll - done} of ${placed.orders.length} orders did not end`);
    await sleep(5);
  }
  return [...placed.placedAt].map(([id, at]) => (doneAt.get(id) as number) - at);
}
