import { expect, vi } from 'vitest';
import { errand, type Errand, routes } from '@refrain/console/api';
import type { z } from 'zod';
import type { TestShop } from './shop.ts';

export interface Told {
  status: number;
  body: unknown;
}

/** An answer in exactly the shape that is declared: nothing is missing, and nothing else is told. */
export function shaped<T>(schema: z.ZodType<T>, { status, body }: Told, expected = 200): T {
  expect({ status, body }).toEqual({ status: expected, body: schema.parse(body) });
  return body as T;
}

/** The console of a running shop, asked as its page does. */
export function consoleDoors({ portBase }: Pick<TestShop, 'portBase'>) {
  const url = `http://127.0.0.1:${portBase}`;
  const ask = async (path: string, init: RequestInit = {}): Promise<Told> => {
    const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
    return { status: response.status, body: await response.json() };
  };
  const sent = (method: string, body: unknown, origin = url): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(body),
  });
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => shaped(schema, await ask(path));
  const post = async <T>(path: string, body: unknown, schema: z.ZodType<T>, status = 200): Promise<T> =>
    shaped(schema, await ask(path, sent('POST', body)), status);

  /** Begins an errand and waits for its end. */
  const done = async <T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> => {
    const { id } = await post(path, body, errand, 202);
    const ended = await vi.waitFor(
      async () => {
        const now = await get(routes.errand(id), errand);
        if (now.state === 'running') throw new Error(`${now.kind}: ${now.progress}`);
        return now;
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(ended).toMatchObject({ state: 'done' } satisfies Partial<Errand>);
    expect(schema.parse(ended.result)).toEqual(ended.result);
    return ended.result as T;
  };
  const place = async (paymentMethod: string): Promise<string> => {
    const order = { lines: [{ sku: 'tea-001', quantity: 2 }], paymentMethod };
    const answer = await ask(routes.orders, sent('POST', order));
    expect(answer.status).toBe(202);
    return (answer.body as { orderId: string }).orderId;
  };
  return { url, ask, sent, get, post, done, place };
}
