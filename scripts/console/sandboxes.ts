import { randomInt, randomUUID } from 'node:crypto';
import { type LoadSummary, RESULT_ITEMS_MAX, type SandboxFaults } from '@refrain/console/api';
import { RefrainError } from '@refrain/errors';
import { Problem } from '@refrain/http';
import { mailFaults } from '@refrain/sandbox-mail/faults';
import { pspFaults } from '@refrain/sandbox-psp/faults';
import { mix } from '../cli/demo/mix.ts';
import { runDemo } from '../cli/demo/run.ts';
import { summarise } from '../cli/demo/summary.ts';
import { whyUnanswered } from '../cli/errors.ts';
import { createOrdersClient, type OrderRequest } from '../cli/orders/orders-client.ts';
import { type FoundShop, urlOf } from '../cli/shop-at.ts';
import type { Report } from './errands.ts';
import { refused, unknown } from './problems.ts';

const schemas = { psp: pspFaults, mail: mailFaults } as const;
type Sandbox = keyof typeof schemas;
const isSandbox = (name: string): name is Sandbox => Object.hasOwn(schemas, name);

/** How long a sandbox is waited for, in milliseconds. */
const ANSWER_MS = 5_000;
/** How long orders that are placed here are asked for again, and how long they may take to settle. */
const PATIENCE_MS = 30_000;
const SETTLE_MS_MAX = 180_000;

/** Sandboxes that belong to the shop; a real provider has none. */
export const sandboxesOf = ({ processes }: Pick<FoundShop, 'processes'>): Sandbox[] =>
  processes.map(({ name }) => name).filter(isSandbox);

/** @throws Problem 409 where real providers are used: nothing is broken or ordered there for show. */
export function needSandboxes(shop: FoundShop): void {
  if (sandboxesOf(shop).length < 2)
    throw refused('This shop does not run with both sandboxes, so this is not offered. Nothing was done.');
}

/** The faults of a sandbox as they are set. @throws Problem 404 for one that does not run here. */
export async function readFaultsOf(shop: FoundShop, sandbox: string): Promise<SandboxFaults> {
  return await ask(shop, known(shop, sandbox));
}

/** Sets a fault. @throws Problem 400 with what the sandbox does not understand; 404 as `readFaultsOf`. */
export async function setFaults(shop: FoundShop, sandbox: string, faults: unknown): Promise<SandboxFaults> {
  const name = known(shop, sandbox);
  const headers = { 'content-type': 'application/json' };
  return await ask(shop, name, { method: 'PUT', headers, body: JSON.stringify(faults) });
}

function known(shop: FoundShop, name: string): Sandbox {
  const running = sandboxesOf(shop);
  if (isSandbox(name) && running.includes(name)) return name;
  throw unknown(`This shop has no sandbox ${name}, expected one of ${running.join(', ') || 'none'}`);
}

async function ask(shop: FoundShop, sandbox: Sandbox, init: RequestInit = {}): Promise<SandboxFaults> {
  const where = urlOf(shop, sandbox);
  let response: Response;
  try {
    response = await fetch(`${where}/faults`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (error) {
    const problem = whyUnanswered(error);
    throw new RefrainError('RF_UNREACHABLE', { what: sandbox, where, problem }, { cause: error });
  }
  const body: unknown = await response.json();
  if (!response.ok) {
    const { detail = `${sandbox} answered ${response.status}` } = body as { detail?: string };
    throw new Problem({ status: 400, type: 'faults-invalid', title: 'Invalid faults', detail });
  }
  const faults = schemas[sandbox].parse(body);
  return { sandbox, url: where, modes: [...schemas[sandbox].shape.mode.options], faults };
}

/** Places one order, as `refrain order` does. @throws Problem with what orders says against it. */
export async function placeOrder(shop: FoundShop, request: Omit<OrderRequest, 'customer'>): Promise<string> {
  const client = createOrdersClient({ url: urlOf(shop, 'orders'), patienceMs: PATIENCE_MS });
  const customer = { email: 'console@example.org' };
  const answer = await client.place({ customer, ...request }, `console-${randomUUID()}`);
  if (answer.outcome === 'accepted') return answer.orderId;
  const { status, why } = answer;
  throw new Problem({ status, type: 'order-refused', title: 'The order was refused', detail: why });
}

/** Places the mix of `refrain demo`, and follows all of it. */
export async function runLoad(
  shop: FoundShop,
  { orders, rate, seed = randomInt(1_000_000) }: { orders: number; rate: number; seed?: number | undefined },
  report: Report,
  signal: AbortSignal,
): Promise<LoadSummary> {
  const client = createOrdersClient({ url: urlOf(shop, 'orders'), patienceMs: PATIENCE_MS });
  const onProgress = (ended: number, underWay: number): void =>
    report(`${ended} of ${orders} settled, ${underWay} under way`, ended / orders);
  const results = await runDemo(client, mix(seed, orders), {
    rate,
    timeoutMs: SETTLE_MS_MAX,
    onProgress,
    signal,
  });
  const { ends, kinds, unsettled, broken } = summarise(seed, results);
  return {
    seed,
    orders: results.length,
    ends: { ...ends },
    kinds: { ...kinds },
    unsettled: unsettled.slice(0, RESULT_ITEMS_MAX),
    broken: broken.slice(0, RESULT_ITEMS_MAX).map(({ kind, key, broken: how }) => `${key} (${kind}): ${how}`),
  };
}
