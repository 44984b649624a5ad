import { RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { whyUnanswered } from '../errors.ts';
import type { FoundShop } from '../shop-at.ts';
import { urlOf } from '../shop-at.ts';

const text = z.string();
const textOrNone = z.string().nullable();
/** What carries no id of an order was not sent by this shop; it must not hide. */
const orderId = textOrNone.transform((id) => id ?? 'unknown');
const operationId = textOrNone.transform((id) => id ?? 'unknown');

const ledgerLine = z.object({
  kind: z.enum(['charge', 'refund']),
  id: text,
  orderId,
  operationId,
  amount: z.number(),
  at: text,
});
const mail = z.object({ messageId: textOrNone, orderId, operationId: textOrNone, at: text });
const call = z.object({ n: z.number(), step: text, operationId, fate: text, at: text });
const mailCall = z.object({ n: z.number(), command: text, operationId: textOrNone, fate: text, at: text });
const orderView = z.object({ orderId: text, status: text, reason: text.optional() });
const stockView = z.object({ sku: text, onHand: z.number(), reserved: z.number() });

const requestMsMax = 30_000;
const callsAtOnce = 10_000;
const ordersAtOnce = 1_000;

/** @throws RF_UNREACHABLE when it does not answer with what is expected. */
async function get<T>(what: string, url: string, schema: z.ZodType<T>): Promise<T> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestMsMax) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return schema.parse(await response.json());
  } catch (error) {
    const problem = error instanceof z.ZodError ? 'it answered something else' : whyUnanswered(error);
    throw new RefrainError('RF_UNREACHABLE', { what, where: url, problem }, { cause: error });
  }
}

/** All pages of a list of calls, in their order. `query` narrows it. */
async function allCalls<T extends { n: number }>(
  what: string,
  url: string,
  schema: z.ZodType<T>,
  query: string,
): Promise<T[]> {
  const calls: T[] = [];
  for (;;) {
    const after = calls.at(-1)?.n ?? 0;
    const page = await get(what, `${url}/calls?after=${after}&limit=${callsAtOnce}${query}`, z.array(schema));
    calls.push(...page);
    if (page.length < callsAtOnce) return calls;
  }
}

/** The sandbox's url, or `undefined` where a real provider stands in its place. */
export const sandboxUrl = (shop: FoundShop, name: 'psp' | 'mail'): string | undefined =>
  shop.processes.some((process) => process.name === name) ? urlOf(shop, name) : undefined;

export const readLedger = async (url: string) => await get('psp', `${url}/ledger`, z.array(ledgerLine));
export const readMails = async (url: string) =>
  (await get('mail', `${url}/mails`, z.array(mail))).map((one) => ({
    ...one,
    messageId: one.messageId ?? '',
  }));
export const readCalls = async (url: string) => await allCalls('psp', url, call, '');
export const readCallsOf = async (url: string, operation: string) =>
  await allCalls('psp', url, call, `&operationId=${operation}`);
export const readMailCalls = async (url: string) => await allCalls('mail', url, mailCall, '');
export const readMailCallsOf = async (url: string, operation: string) =>
  await allCalls('mail', url, mailCall, `&operationId=${operation}`);

export async function readOrderViews(url: string): Promise<z.infer<typeof orderView>[]> {
  const views: z.infer<typeof orderView>[] = [];
  for (;;) {
    const last = views.at(-1)?.orderId;
    const after = last === undefined ? '' : `&after=${last}`;
    const page = await get('orders', `${url}/orders?limit=${ordersAtOnce}${after}`, z.array(orderView));
    views.push(...page);
    if (page.length < ordersAtOnce) return views;
  }
}

export const readStock = async (url: string) => await get('inventory', `${url}/stock`, z.array(stockView));
