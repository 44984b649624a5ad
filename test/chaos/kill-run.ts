import { setTimeout as sleep } from 'node:timers/promises';
import { type PlannedOrder, mix } from '../../scripts/cli/demo/mix.ts';
import { type Ended, placeAndFollow } from '../../scripts/cli/demo/place.ts';
import { createOrdersClient } from '../../scripts/cli/orders/orders-client.ts';
import type { Audit } from '../../scripts/audit/mod.ts';
import { type PlannedKill, planKills } from './kill-plan.ts';
import { type KillableShop, type ProcessName, startKillableShop } from './killable-shop.ts';

export interface KillRunOptions {
  readonly seed: number;
  readonly orders: number;
  /** Orders a second while nothing is killed; around a kill they come faster. */
  readonly rate: number;
  /** How often each process is killed, and how often two at once. */
  readonly times: number;
  readonly pairs: number;
  readonly deadlineS: number;
  /** How long after the last order was placed all must have settled. */
  readonly settleMsMax: number;
  readonly say: (text: string) => void;
}

export interface KillReport {
  readonly seed: number;
  readonly kills: Readonly<Partial<Record<ProcessName, number>>>;
  readonly killsInAll: number;
  readonly orders: number;
  readonly placedMs: number;
  readonly settledMs: number;
  /** How many orders ended in which way. */
  readonly ends: Readonly<Record<string, number>>;
  /** Promises of the shop's door that were broken: another order under the same key, a refusal. */
  readonly broken: readonly string[];
  readonly audit: Audit;
}

/** How long a client repeats a request under its key until the shop takes it. */
const patienceMs = 180_000;
/** Requests without an answer at once; beyond it, placing waits. */
const unansweredMax = 16;
/** Around each kill orders come close together, so that it hits work that is under way. */
const burst = { before: 10, after: 4, gapMs: 3 } as const;

/** Places orders while every process of the shop is killed, waits until all have settled, and audits. */
export async function runKills(options: KillRunOptions): Promise<KillReport> {
  const { seed, orders, say } = options;
  say(`SEED=${seed}`);
  const plan = planKills(options);
  const shop = await startKillableShop({ ORDER_DEADLINE_S: String(options.deadlineS), LOG_LEVEL: 'warn' });
  let done = false;
  try {
    await shop.ready();
    const startedMs = performance.now();
    const kills: Partial<Record<ProcessName, number>> = {};
    const placed = await placeUnderFire(shop, mix(seed, orders), { ...options, plan, kills });
    const placedMs = performance.now() - startedMs;
    const killsInAll = Object.values(kills).reduce((sum, n) => sum + n, 0);
    say(`${orders} orders placed in ${seconds(placedMs)}, ${killsInAll} processes killed meanwhile`);
    const audit = await settle(shop, killsInAll, options);
    const settledMs = performance.now() - startedMs - placedMs;
    const report = {
      seed,
      kills,
      killsInAll,
      orders,
      placedMs,
      settledMs,
      ...(await readEnds(shop, placed)),
      audit,
    };
    done = audit.violations.length === 0 && audit.unsettled.length === 0;
    return report;
  } finally {
    if (!done) say(`the data are kept in ${shop.refrainData}\n${shop.said()}`);
    await shop.end({ keepData: !done });
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

interface Fire extends Pick<KillRunOptions, 'rate' | 'say'> {
  readonly plan: readonly PlannedKill[];
  readonly kills: Partial<Record<ProcessName, number>>;
}

/**
 * Places one order after the other, and kills when it is time to; a request without an answer holds up no
 * other.
 */
async function placeUnderFire(
  shop: KillableShop,
  orders: readonly PlannedOrder[],
  { plan, kills, rate, say }: Fire,
): Promise<Ended[]> {
  const client = createOrdersClient({ url: shop.ordersUrl, patienceMs });
  const unanswered = new Set<Promise<unknown>>();
  const placed: Promise<Ended>[] = [];
  let firing: Promise<void> = Promise.resolve();
  const inBurst = (index: number): boolean =>
    plan.some(({ afterOrders }) => index >= afterOrders - burst.before && index < afterOrders + burst.after);
  const kill = async (names: readonly ProcessName[], index: number): Promise<void> => {
    await shop.killTogether(names);
    for (const name of names) kills[name] = (kills[name] ?? 0) + 1;
    say(`after ${index} orders: killed ${names.join(' and ')}`);
  };
  for (const [index, order] of orders.entries()) {
    for (const { names } of plan.filter(({ afterOrders }) => afterOrders === index)) {
      await firing; // each moment has its kill before the next one comes
      firing = kill(names, index);
    }
    while (unanswered.size >= unansweredMax) await Promise.race(unanswered);
    const answer = placeAndFollow(client, order, 0);
    const over = answer.catch(() => undefined).finally(() => unanswered.delete(over));
    unanswered.add(over);
    placed.push(answer);
    await sleep(inBurst(index) ? burst.gapMs : 1_000 / rate);
  }
  await firing;
  return await Promise.all(placed);
}

/** Until nothing goes on any more by itself: what is left waits for a person. */
export async function settle(
  shop: Pick<KillableShop, 'ready' | 'refrain'>,
  kills: number,
  { settleMsMax, say }: Pick<KillRunOptions, 'settleMsMax' | 'say'>,
): Promise<Audit> {
  const giveUpAt = performance.now() + settleMsMax;
  await shop.ready();
  for (;;) {
    const { code, document } = await shop.refrain('audit', '--kills', String(kills));
    const audit = code <= 1 ? (document as Audit) : undefined;
    const goesOn =
      audit?.waiting.filter(({ due, reason }) => due !== undefined || !isForPerson(reason)) ?? [];
    if (audit && audit.unsettled.length === 0 && goesOn.length === 0) return audit;
    if (audit && performance.now() > giveUpAt) return audit;
    say(audit ? `${audit.unsettled.length} not settled, ${goesOn.length} go on` : 'no answer to the audit');
    await sleep(1_000);
  }
}

export const isForPerson = (reason: string): boolean => reason.includes('a person has to look');

export async function readEnds(
  shop: Pick<KillableShop, 'ordersUrl'>,
  placed: readonly Ended[],
): Promise<Pick<KillReport, 'ends' | 'broken'>> {
  const client = createOrdersClient({ url: shop.ordersUrl, patienceMs });
  const ends: Record<string, number> = {};
  for (const { orderId } of placed) {
    if (orderId === undefined) continue;
    const { status, reason } = await client.find(orderId);
    const end = reason === undefined ? status : `${status}: ${reason}`;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return { ends, broken: placed.flatMap(({ key, broken }) => (broken ? [`${key}: ${broken}`] : [])) };
}
