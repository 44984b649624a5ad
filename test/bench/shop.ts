import { setTimeout as sleep } from 'node:timers/promises';
import { type ShopProcess, startShopWith, type TestShop } from '../support/shop.ts';
import { type BenchOrder, burst, openLoop, preciseNow, settled, type Target } from './load.ts';
import { cpuSince, endOf, OPEN_LOOP, total } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { watchMemory } from './processes.ts';
import type { Say } from './progress.ts';
import { quantile } from './statistics.ts';

const WARM_UP_ORDERS = 100;
const LOOK_EVERY_MS = 500;
/** An order of the mix that asks for too much asks for more of this than the shop opens with. */
const SCARCE = { sku: 'rare-001', quantity: 6 };
const PLENTY = 9;

/** What the whole shop does on this machine: doors, sandboxes and the disk are in it. */
export interface ShopReport {
  readonly orders: number;
  readonly ordersPerSecond: number;
  readonly placedPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerOrder: number;
  /** Of it, by process. */
  readonly cpuMsPerOrderOf: Readonly<Record<string, number>>;
  readonly peakMiB: Readonly<Record<string, number>>;
  /** `passed`, `failed`, or why there was none. */
  readonly audit: string;
  /** What the audit says against it; empty when all is as it should be. */
  readonly problems: readonly string[];
}

/** Starts the shop as `npm start` does, on data and ports of its own, and places orders through its door. */
export async function measureShop(options: BenchOptions, say: Say): Promise<ShopReport> {
  say('starts the shop');
  const shop = await startShopWith({ LOG_LEVEL: 'warn' }, '--fresh');
  const over = new AbortController();
  try {
    const processes = await shop.processes();
    const { target, watching } = shopTarget(processes, over.signal);
    const report = await phases({ shop, processes, target, options, say });
    over.abort();
    await watching;
    return report;
  } finally {
    over.abort();
    say('stops the shop');
    await shop.stop();
  }
}

async function phases(at: {
  shop: TestShop;
  processes: readonly ShopProcess[];
  target: Target;
  options: BenchOptions;
  say: Say;
}): Promise<ShopReport> {
  const { shop, processes, target, options, say } = at;
  say('warms up');
  await settled(target, await burst(target, 'w', WARM_UP_ORDERS));
  await sleep(LOOK_EVERY_MS);
  const alive = processes.filter(({ pid, status }) => pid > 0 && status === 'ready');
  const pids = { driver: process.pid, ...Object.fromEntries(alive.map(({ name, pid }) => [name, pid])) };
  const memory = watchMemory(pids);
  const cpu = cpuSince(pids);
  say(`${options.orders} orders at once`);
  const startedAt = preciseNow();
  const placed = await burst(target, 'b', options.orders);
  const placedSeconds = (preciseNow() - startedAt) / 1_000;
  await settled(target, placed);
  const spent = cpu();
  const seconds = (endOf(target, placed) - startedAt) / 1_000;
  say(`${OPEN_LOOP.perSecond} orders a second for ${OPEN_LOOP.seconds} s`);
  const latencies = await settled(target, await openLoop(target, 'o', OPEN_LOOP));
  const peak = memory.stop();
  say('audits');
  const per = (ms: number): number => ms / options.orders;
  return {
    orders: options.orders,
    ordersPerSecond: options.orders / seconds,
    placedPerSecond: options.orders / placedSeconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMsPerOrder: per(total(spent)),
    cpuMsPerOrderOf: Object.fromEntries(Object.entries(spent).map(([name, ms]) => [name, per(ms)])),
    peakMiB: Object.fromEntries(
      Object.entries(peak).map(([name, bytes]) => [name, Math.round(bytes / 2 ** 20)]),
    ),
    ...(await audited(shop)),
  };
}

/** 0: nothing wrong. 1: a finding. Anything else: there was no audit, which is no finding of this run. */
async function audited(shop: TestShop): Promise<Pick<ShopReport, 'audit' | 'problems'>> {
  const { code, document } = await shop.refrain('audit', '--settled');
  if (code === 0) return { audit: 'passed', problems: [] };
  const said = JSON.stringify(document).slice(0, 2_000);
  return code === 1 ? { audit: 'failed', problems: [said] } : { audit: `not made: ${said}`, problems: [] };
}

/** Orders go in by HTTP; one is done when the mail server has its mail, at the time that it noted. */
function shopTarget(
  processes: readonly ShopProcess[],
  over: AbortSignal,
): { target: Target; watching: Promise<void> } {
  const urlOf = (name: string): string => {
    const found = processes.find((entry) => entry.name === name);
    if (found?.status === 'ready') return found.url;
    throw new Error(`${name} is ${found?.status ?? 'not there'}; nothing was measured.`);
  };
  const [orders, mail] = [urlOf('orders'), urlOf('mail')];
  const keyOf = new Map<string, string>();
  const doneAt = new Map<string, number>();
  const look = async (): Promise<void> => {
    const mails = (await (await fetch(`${mail}/mails`)).json()) as { orderId: string; at: string }[];
    for (const { orderId, at } of mails) {
      const key = keyOf.get(orderId);
      if (key !== undefined && !doneAt.has(key)) doneAt.set(key, Date.parse(at));
    }
  };
  const watch = async (): Promise<void> => {
    // A look that fails is made up for by the next.
    for (; !over.aborted; await sleep(LOOK_EVERY_MS)) await look().catch(() => {});
  };
  const place = async (order: BenchOrder): Promise<void> => {
    const response = await fetch(`${orders}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': order.key },
      body: JSON.stringify(requestOf(order)),
    });
    const answer = (await response.json()) as { orderId?: string };
    if (response.status !== 202 || answer.orderId === undefined)
      throw new Error(`POST /orders answered ${response.status}: ${JSON.stringify(answer)}`);
    keyOf.set(answer.orderId, order.key);
  };
  return { target: { idOf: ({ key }) => key, place, doneAt }, watching: watch() };
}

function requestOf({ key, email, tooMuch }: BenchOrder): object {
  const i = Number(key.slice(key.indexOf('-') + 1));
  const line = tooMuch ? SCARCE : { sku: `tea-00${(i % PLENTY) + 1}`, quantity: 1 };
  return { customer: { email }, lines: [line], paymentMethod: 'pm_card_visa' };
}

export function shopText(report: ShopReport): string {
  const list = (values: Readonly<Record<string, number>>, digits: number): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value.toFixed(digits)}`)
      .join(', ');
  return [
    `The whole shop, ${report.orders} orders over HTTP`,
    `orders/s                        ${report.ordersPerSecond.toFixed(0)}`,
    `  placed                        ${report.placedPerSecond.toFixed(0)}`,
    `time to settle at 50/s, p50     ${report.p50Ms.toFixed(1)} ms`,
    `time to settle at 50/s, p99     ${report.p99Ms.toFixed(1)} ms`,
    `CPU ms/order                    ${report.cpuMsPerOrder.toFixed(2)}`,
    `  of it                         ${list(report.cpuMsPerOrderOf, 2)}`,
    `peak memory in MiB              ${list(report.peakMiB, 0)}`,
    `audit                           ${report.audit}`,
    ...report.problems,
    '',
  ].join('\n');
}
