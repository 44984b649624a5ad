import { name, type OrderSeen, orderSeen, type OrdersPage } from '@refrain/console/api';
import { RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { whyUnanswered } from '../cli/errors.ts';
import { operationAt } from '../cli/operator/words.ts';
import { type FoundShop, urlOf } from '../cli/shop-at.ts';
import { findOperation } from '../cli/why/find.ts';
import { unknown } from './problems.ts';
import type { WatchedShop } from './watched-shop.ts';

/** How long orders is waited for, in milliseconds. */
const ANSWER_MS = 10_000;

interface Asked {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: string | undefined;
  readonly query?: string | undefined;
}

/** The newest orders, or the one that a query names by its own id or by that of an operation. */
export async function searchOrders(shop: WatchedShop, asked: Asked): Promise<OrdersPage> {
  if (asked.query === undefined) return await newestOrders(shop.found(), asked);
  const id = asked.query;
  if (!name.safeParse(id).success) return { items: [], found: null };
  const order = await findOrder(shop.found(), id);
  if (order) return { items: [order], found: 'order' };
  const flow = await flowOfOperation(shop, id);
  const its = flow === undefined ? undefined : await findOrder(shop.found(), flow);
  return its ? { items: [its], found: 'operation' } : { items: [], found: null };
}

async function newestOrders(shop: FoundShop, { limit, after, status }: Asked): Promise<OrdersPage> {
  const query = new URLSearchParams({
    first: 'newest',
    limit: String(limit),
    ...(status !== undefined && { status }),
    ...(after !== undefined && { after }),
  });
  const response = await ask(shop, `/orders?${query.toString()}`);
  if (response.status === 404) throw unknown(`There is no order ${after ?? ''}`);
  const items = z.array(orderSeen).parse(await read(shop, response));
  const last = items.at(-1);
  return { items, ...(response.headers.has('link') && last && { next: last.orderId }) };
}

async function findOrder(shop: FoundShop, id: string): Promise<OrderSeen | undefined> {
  const response = await ask(shop, `/orders/${id}`);
  return response.status === 404 ? undefined : orderSeen.parse(await read(shop, response));
}

/** Open ones are known at once; for one that has ended whole logs are read. */
async function flowOfOperation(shop: WatchedShop, id: string): Promise<string | undefined> {
  const open = await operationAt(shop.desks(), id);
  if (open?.kind === 'done') return open.value.flow;
  const { log } = await shop.log();
  const found = await findOperation(log, id);
  return found?.events.find(({ event }) => event.operation === id)?.event.correlation;
}

async function ask(shop: FoundShop, path: string): Promise<Response> {
  const url = urlOf(shop, 'orders');
  try {
    return await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    const problem = whyUnanswered(error);
    throw new RefrainError('RF_UNREACHABLE', { what: 'orders', where: url, problem }, { cause: error });
  }
}

async function read(shop: FoundShop, response: Response): Promise<unknown> {
  if (response.ok) return await response.json();
  const { detail = `it answered ${response.status}` } = (await response.json().catch(() => ({}))) as {
    detail?: string;
  };
  const where = urlOf(shop, 'orders');
  throw new RefrainError('RF_UNREACHABLE', { what: 'orders', where, problem: detail });
}
