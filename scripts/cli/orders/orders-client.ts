import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';

export interface OrderRequest {
  readonly customer: { readonly email: string };
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly paymentMethod: string;
}

const money = z.object({ minor: z.number(), currency: z.string() });
const placed = z.object({ orderId: z.string(), status: z.string() });
const order = placed.extend({
  status: z.enum(['placed', 'cancelling', 'completed', 'cancelled']),
  reason: z.string().optional(),
  total: money.optional(),
  settledAt: z.string().optional(),
});
const problem = z.object({ title: z.string(), detail: z.string() }).partial();

export type Order = z.infer<typeof order>;

/** What the service says to a request that changes something. */
export type Answer =
  | { readonly outcome: 'accepted'; readonly orderId: string; readonly replayed: boolean }
  | { readonly outcome: 'refused'; readonly status: number; readonly why: string };

export interface OrdersClient {
  place(request: OrderRequest, key: string): Promise<Answer>;
  find(orderId: string): Promise<Order>;
  cancel(orderId: string): Promise<Answer>;
}

export interface OrdersClientOptions {
  readonly url: string;
  /**
   * How long to go on when the service is not there or says that it cannot now. A repeat bears the same
   * key.
   */
  readonly patienceMs: number;
}

const requestMsMax = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 1_000;

/** The HTTP door of `orders`. @throws RF_UNREACHABLE when it did not answer in the time given. */
export function createOrdersClient({ url, patienceMs }: OrdersClientOptions): OrdersClient {
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const giveUpAt = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const tried = await attempt(`${url}${path}`, init);
      if (tried instanceof Response) return tried;
      if (performance.now() + pauseMs > giveUpAt) {
        throw new RefrainError('RF_UNREACHABLE', { what: 'orders', where: url, problem: tried });
      }
      await sleep(pauseMs);
    }
  };
  const answered = async (response: Response): Promise<Answer> => {
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      const replayed = response.headers.get('idempotency-replayed') === 'true';
      return { outcome: 'accepted', orderId: read(placed, body, url).orderId, replayed };
    }
    const said = problem.safeParse(body).data;
    return {
      outcome: 'refused',
      status: response.status,
      why: said?.detail ?? said?.title ?? response.statusText,
    };
  };
  return {
    place: async (request, key) =>
      await answered(
        await send('/orders', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(request),
        }),
      ),
    find: async (orderId) => read(order, await (await send(`/orders/${orderId}`)).json(), url),
    cancel: async (orderId) => {
      const headers = { 'content-type': 'application/json' };
      const response = await send(`/orders/${orderId}/cancellation`, { method: 'POST', headers, body: '{}' });
      const body: unknown = await response.json().catch(() => undefined);
      if (response.ok) return { outcome: 'accepted', orderId, replayed: false };
      return { outcome: 'refused', status: response.status, why: problem.safeParse(body).data?.detail ?? '' };
    },
  };
}

/** The response, or why there is none that counts. */
async function attempt(url: string, init: RequestInit): Promise<Response | string> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(requestMsMax) });
    if (response.status < 500 && response.status !== 429) return response;
    await response.body?.cancel();
    return `it answered ${response.status}`;
  } catch (error) {
    return messageOf(error instanceof Error ? (error.cause ?? error) : error);
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown, url: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new RefrainError('RF_UNREACHABLE', {
    what: 'orders',
    where: url,
    problem: 'what answers there is not the orders service',
  });
}
