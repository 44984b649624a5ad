import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { fetchWhole } from '../fetch-whole.ts';

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

/** What a request that changes something is called where nobody knows what became of it. */
interface Change {
  readonly what: string;
  /** How to send it again so that it is done once. */
  readonly again: string;
}

/**
 * The HTTP door of `orders`.
 * @throws RF_UNREACHABLE when it was not there in the time given; RF_ANSWER_UNKNOWN when a request that
 * changes something was sent and may have been recorded.
 */
export function createOrdersClient({ url, patienceMs }: OrdersClientOptions): OrdersClient {
  const send = async (path: string, init: RequestInit = {}, change?: Change): Promise<Response> => {
    const giveUpAt = performance.now() + patienceMs;
    let sent = false;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const tried = await attempt(`${url}${path}`, init);
      if (tried instanceof Response) return tried;
      sent ||= tried.sent;
      if (performance.now() + pauseMs > giveUpAt) {
        const details = { what: 'orders', where: url, problem: tried.problem };
        if (change && sent) throw new RefrainError('RF_ANSWER_UNKNOWN', { ...details, ...change });
        throw new RefrainError('RF_UNREACHABLE', details);
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
        await send(
          '/orders',
          {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': key },
            body: JSON.stringify(request),
          },
          { what: 'The order', again: `The same again with --key ${key}` },
        ),
      ),
    find: async (orderId) => read(order, await (await send(`/orders/${orderId}`)).json(), url),
    cancel: async (orderId) => {
      const headers = { 'content-type': 'application/json' };
      const change = { what: `The cancellation of ${orderId}`, again: 'The same again' };
      const init = { method: 'POST', headers, body: '{}' };
      const response = await send(`/orders/${orderId}/cancellation`, init, change);
      const body: unknown = await response.json().catch(() => undefined);
      if (response.ok) return { outcome: 'accepted', orderId, replayed: false };
      return { outcome: 'refused', status: response.status, why: problem.safeParse(body).data?.detail ?? '' };
    },
  };
}

interface NoAnswer {
  readonly problem: string;
  /** The request may have reached the service, and been recorded there. */
  readonly sent: boolean;
}

/** The response, or why there is none that counts. */
async function attempt(url: string, init: RequestInit): Promise<Response | NoAnswer> {
  try {
    const response = await fetchWhole(url, { ...init, signal: AbortSignal.timeout(requestMsMax) });
    if (response.status < 500 && response.status !== 429) return response;
    const body: unknown = await response.json().catch(() => undefined);
    const said = problem.safeParse(body).data;
    const why = (said?.detail ?? said?.title ?? '').replace(/\.$/, '');
    return {
      problem: `it answered ${response.status}${why === '' ? '' : `: ${why}`}`,
      sent: response.status !== 429,
    };
  } catch (error) {
    const origin = error instanceof Error ? (error.cause ?? error) : error;
    return { problem: messageOf(origin) || codeOf(origin), sent: !neverConnected(origin) };
  }
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'it did not answer';

/** The request was never on its way: no connection came about. */
const neverConnected = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).syscall === 'connect' ||
    'errors' in error ||
    ['ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(codeOf(error)));

function read<T>(schema: z.ZodType<T>, body: unknown, url: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new RefrainError('RF_UNREACHABLE', {
    what: 'orders',
    where: url,
    problem: 'what answers there is not the orders service',
  });
}
