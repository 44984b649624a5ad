import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Audit, countedCalls, fullestWindow, type WindowCount } from '../../scripts/audit/mod.ts';
import { startShopWith } from '../support/shop.ts';
import { Pressure } from './pressure.ts';

export interface BurstOptions {
  readonly orders: number;
  readonly capacityPerS: number;
  readonly settleMsMax: number;
  readonly say: (text: string) => void;
}

export interface BurstReport {
  readonly placed: number;
  readonly refused: readonly string[];
  readonly placedS: number;
  readonly settledS: number;
  readonly calls: number;
  readonly fullest: WindowCount | undefined;
  /** The most that each process held, in MiB. */
  readonly peakMiB: Readonly<Record<string, number>>;
  readonly audit: Audit;
}

/** Requests under way at once; the shop answers each when it is recorded. */
const atOnce = 64;

/** Far more orders at once than the provider can take: memory stays bounded, and all settle. */
export async function runBurst({
  orders,
  capacityPerS,
  settleMsMax,
  say,
}: BurstOptions): Promise<BurstReport> {
  const settings = { LOG_LEVEL: 'error', ORDER_DEADLINE_S: '3600' };
  const shop = await startShopWith(settings, '--instances', 'payments=2');
  const pressure = new Pressure(shop);
  const peakMiB: Record<string, number> = {};
  const processes = await shop.processes();
  const look = setInterval(() => {
    for (const { name, pid } of processes) peakMiB[name] = Math.max(peakMiB[name] ?? 0, residentMiB(pid));
  }, 500);
  try {
    await pressure.faults({ mode: 'none', capacityPerS });
    const from = performance.now();
    await pressure.placeBurst(orders, atOnce);
    const placedS = (performance.now() - from) / 1_000;
    say(
      `${orders} orders placed in ${placedS.toFixed(1)} s; the provider takes ${capacityPerS} calls a second`,
    );
    const audit = await pressure.settled(settleMsMax);
    const settledS = (performance.now() - from) / 1_000;
    await sleep(1_000);
    const calls = countedCalls(await pressure.calls());
    return {
      placed: pressure.placed.length,
      refused: pressure.refused,
      placedS,
      settledS,
      calls: calls.length,
      fullest: fullestWindow(calls, { windowMs: 10_000, share: 0.2, more: 10 }, pressure.ramps()),
      peakMiB,
      audit,
    };
  } finally {
    clearInterval(look);
    await pressure.end();
    await shop.stop();
  }
}

function residentMiB(pid: number): number {
  try {
    const kB = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kB ?? 0) / 1_024);
  } catch {
    return 0; // it has ended
  }
}
