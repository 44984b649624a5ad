import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mix } from '../../scripts/cli/demo/mix.ts';
import { type Ended, placeAndFollow } from '../../scripts/cli/demo/place.ts';
import { createOrdersClient } from '../../scripts/cli/orders/orders-client.ts';
import type { Audit } from '../../scripts/audit/mod.ts';
import { takePortBase } from '../support/port-base.ts';
import { shopStreams } from '../support/shop-streams.ts';
import { type ChaosPlanOptions, lineOf, type PlannedFault, planChaos } from './chaos-plan.ts';
import { readEnds, seconds, settle } from './kill-run.ts';
import { type KillableShop, startKillableShop } from './killable-shop.ts';
import { type LinkedPorts, linkPorts } from './linked-ports.ts';
import { type Recovery, recoveries } from './recovery.ts';

export interface ChaosOptions extends ChaosPlanOptions {
  /** Orders a second. */
  readonly rate: number;
  /** Instances of each service and of the governor. */
  readonly instances: number;
  readonly settleMsMax: number;
  readonly say: (text: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly plan: readonly PlannedFault[];
  readonly orders: number;
  /** Orders that the shop took and does not know. */
  readonly lost: readonly string[];
  readonly recoveries: readonly Recovery[];
  readonly ends: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
  readonly settledMs: number;
  readonly audit: Audit;
}

/** How long a client repeats a request under its key until the shop takes it. */
const patienceMs = 180_000;
/** Requests without an answer at once; beyond it, placing waits. */
const unansweredMax = 200;
const several = ['orders', 'payments', 'inventory', 'notifications', 'governor'] as const;

/** Orders at a steady rate while one thing after the other fails; then all must have settled. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, rate, lengthMs, say } = options;
  const plan = planChaos(options);
  say(`SEED=${seed}`);
  for (const fault of plan) say(lineOf(fault));
  const folder = mkdtempSync(join(tmpdir(), 'refrain-chaos-'));
  const portBase = await takePortBase();
  const links = await linkPorts(portBase, folder);
  const env = { ORDER_DEADLINE_S: '600', LOG_LEVEL: 'warn', NODE_OPTIONS: links.nodeOptions };
  const instances = several.map((name) => `${name}=${options.instances}`).join(',');
  const shop = await startKillableShop(env, { portBase, flags: ['--nodes', '3', '--instances', instances] });
  let done = false;
  try {
    await shop.ready();
    const startedAt = Date.now();
    const orders = mix(seed, Math.floor((rate * lengthMs) / 1_000));
    const [placed] = await Promise.all([
      placeSteadily(shop, orders, rate),
      failAll(shop, links, plan, startedAt),
    ]);
    links.check();
    say(`${placed.length} orders placed, ${plan.length} faults meanwhile`);
    const from = performance.now();
    const audit = await settle(shop, plan.length, options);
    const settledMs = performance.now() - from;
    say(`all settled ${seconds(settledMs)} later`);
    const taken = placed.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]));
    const times = await endTimes(shop);
    const report = {
      seed,
      plan,
      orders: placed.length,
      lost: taken.filter((orderId) => !times.has(orderId)),
      recoveries: recoveries(plan, {
        rate,
        lengthMs,
        endedAtMs: [...times.values()].map((at) => at - startedAt),
      }),
      settledMs,
      ...(await readEnds(shop, placed)),
      audit,
    };
    done = audit.violations.length === 0 && audit.unsettled.length === 0 && report.lost.length === 0;
    return report;
  } finally {
    if (!done) say(`the data are kept in ${shop.refrainData}\n${shop.said()}`);
    await shop.end({ keepData: !done });
    await links.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each fault at its time, to its end. */
async function failAll(
  shop: KillableShop,
  links: LinkedPorts,
  plan: readonly PlannedFault[],
  startedAt: number,
): Promise<void> {
  for (const fault of plan) {
    await sleep(Math.max(0, startedAt + fault.atMs - Date.now()));
    await fail(shop, links, fault);
  }
}

async function fail(shop: KillableShop, links: LinkedPorts, fault: PlannedFault): Promise<void> {
  switch (fault.kind) {
    case 'SIGKILL':
    case 'SIGTERM':
      await shop.signal(fault.on, fault.kind);
      return;
    case 'SIGSTOP': {
      const pid = await shop.signal(fault.on, 'SIGSTOP');
      await sleep(fault.forMs);
      process.kill(pid, 'SIGCONT');
      return;
    }
    default: {
      const ways = links.of(fault.on);
      for (const way of ways)
        way.trouble(fault.kind === 'slow' ? { kind: 'slow', ms: fault.byMs } : { kind: fault.kind });
      await sleep(fault.forMs);
      for (const way of ways) way.heal();
    }
  }
}

/** One order after the other at the rate, however slowly they are answered. */
async function placeSteadily(
  shop: KillableShop,
  orders: ReturnType<typeof mix>,
  rate: number,
): Promise<Ended[]> {
  const client = createOrdersClient({ url: shop.ordersUrl, patienceMs });
  const unanswered = new Set<Promise<unknown>>();
  const placed: Promise<Ended>[] = [];
  const startedMs = performance.now();
  for (const [n, order] of orders.entries()) {
    await sleep(Math.max(0, startedMs + (n * 1_000) / rate - performance.now()));
    while (unanswered.size >= unansweredMax) await Promise.race(unanswered);
    const answer = placeAndFollow(client, order, 0);
    const over = answer.catch(() => undefined).finally(() => unanswered.delete(over));
    unanswered.add(over);
    placed.push(answer);
  }
  return await Promise.all(placed);
}

/** When each order that the log knows ended, in milliseconds since 1970. */
async function endTimes(shop: KillableShop): Promise<Map<string, number>> {
  const streams = await shopStreams(shop);
  const times = new Map<string, number>();
  for (const { at, entity, types } of await streams.commits('orders'))
    if (types.some((type) => /^Order(?:Completed|Cancelled)\./.test(type))) times.set(entity.entityId, at);
  await streams.close();
  return times;
}
