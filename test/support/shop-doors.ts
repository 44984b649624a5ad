import { setTimeout as sleep } from 'node:timers/promises';
import type { TestShop } from './shop.ts';

export interface OrderBody {
  customer: { email: string };
  lines: readonly { sku: string; quantity: number }[];
  paymentMethod: string;
}

export interface OrderSeen {
  orderId: string;
  status: string;
  reason?: string;
  total: { minor: number; currency: string };
  settledAt?: string;
}

/** A request at the payment sandbox, as `GET /calls` shows it. */
export interface SeenCall {
  n: number;
  step: string;
  idempotencyKey: string | null;
  operationId: string | null;
  orderId: string | null;
  correlationId: string | null;
  fate: string;
  at: string;
}

export interface SeenLedgerLine {
  kind: 'charge' | 'refund';
  id: string;
  idempotencyKey: string;
  orderId: string;
  operationId: string;
  amount: number;
  at: string;
}

export interface SeenMail {
  messageId: string;
  to: string;
  subject: string;
  orderId: string;
  correlationId: string;
  headers: Readonly<Record<string, string>>;
  at: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  // A test reads what it expects to be there.
  body: Record<string, unknown>;
}

const settleMsMax = 60_000;
const json = { 'content-type': 'application/json' };

/** An order that goes through, with whatever a test wants to be different. */
export const orderBody = (different: Partial<OrderBody> = {}): OrderBody => ({
  customer: { email: 'ada@example.com' },
  lines: [{ sku: 'tea-001', quantity: 1 }],
  paymentMethod: 'pm_card_visa',
  ...different,
});

/** The doors of a running shop, as a client on this machine uses them. */
export function shopDoors({ portBase }: Pick<TestShop, 'portBase'>) {
  const at = (offset: number): string => `http://127.0.0.1:${portBase + offset}`;
  const urls = { orders: at(10), inventory: at(12), psp: at(20), mail: at(21) };
  const ask = async (url: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
    const body = (await response.json()) as Answer['body'];
    return { status: response.status, headers: response.headers, body };
  };
  const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
  const list = async <T>(url: string): Promise<T[]> => (await ask(url)).body as unknown as T[];
  let keys = 0;

  const find = async (orderId: string): Promise<OrderSeen> =>
    (await ask(`${urls.orders}/orders/${orderId}`)).body as unknown as OrderSeen;
  const mails = (): Promise<SeenMail[]> => list(`${urls.mail}/mails`);

  return {
    urls,
    ask,
    post,
    find,
    mails,
    ledger: (): Promise<SeenLedgerLine[]> => list(`${urls.psp}/ledger`),
    calls: (): Promise<SeenCall[]> => list(`${urls.psp}/calls?limit=10000`),
    stock: (): Promise<{ sku: string; onHand: number; reserved: number }[]> =>
      list(`${urls.inventory}/stock`),
    place: async (body: OrderBody = orderBody(), headers: Record<string, string> = {}): Promise<string> => {
      const key = `test-${process.pid}-${Date.now()}-${keys++}`;
      const answer = await post(`${urls.orders}/orders`, body, { 'idempotency-key': key, ...headers });
      if (answer.status !== 202) throw new Error(`It was not placed: ${JSON.stringify(answer.body)}`);
      return String(answer.body['orderId']);
    },
    cancel: (orderId: string): Promise<Answer> => post(`${urls.orders}/orders/${orderId}/cancellation`, {}),
    /** What a sandbox does wrong from now on; `none` ends it. */
    setFaults: async (sandbox: 'psp' | 'mail', faults: Record<string, unknown>): Promise<void> => {
      const answer = await ask(`${urls[sandbox]}/faults`, {
        method: 'PUT',
        headers: json,
        body: JSON.stringify(faults),
      });
      if (answer.status !== 200) throw new Error(`The faults were refused: ${JSON.stringify(answer.body)}`);
    },
    /** Waits until the order has ended and its mail is out, which is the last that happens to it. */
    settled: async (orderId: string): Promise<OrderSeen> => {
      const giveUpAt = performance.now() + settleMsMax;
      for (;;) {
        const order = await find(orderId);
        const over = order.status === 'completed' || order.status === 'cancelled';
        if (over && (await mails()).some((mail) => mail.orderId === orderId)) return order;
        if (performance.now() > giveUpAt)
          throw new Error(`${orderId} is ${order.status} after ${settleMsMax} ms.`);
        await sleep(50);
      }
    },
  };
}

export type ShopDoors = ReturnType<typeof shopDoors>;
