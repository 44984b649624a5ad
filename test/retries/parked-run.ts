import { setTimeout as sleep } from 'node:timers/promises';
import type { Audit } from '../../scripts/audit/mod.ts';
import { startShopWith } from '../support/shop.ts';
import { percentile } from './ramp-breaches.ts';
import { Pressure } from './pressure.ts';

export interface ParkedOptions {
  /** Operations that are parked an hour ahead. */
  readonly parked: number;
  /** Orders a second, before and behind them. */
  readonly rate: number;
  /** How long each of the two is measured. */
  readonly measureMs: number;
  readonly say: (text: string) => void;
}

export interface ParkedReport {
  readonly refused: readonly string[];
  readonly parked: number;
  /** Median time from placing an order to its completion by the log, in milliseconds. */
  readonly p50Ms: { readonly before: number; readonly behind: number };
  readonly calls: number;
  readonly violations: Audit['violations'];
}

/** Requests under way at once while the operations are made that park. */
const atOnce = 32;
const parkMsMax = 300_000;

/**
 * Whether new orders wait behind operations that are parked for long: the provider asks each of them to come
 * again in an hour, is well again, and new orders are timed beside those from before.
 */
export async function runParked({ parked, rate, measureMs, say }: ParkedOptions): Promise<ParkedReport> {
  const shop = await startShopWith({ LOG_LEVEL: 'error', ORDER_DEADLINE_S: '7200' });
  const pressure = new Pressure(shop);
  const timed = async (): Promise<number> => {
    const from = pressure.placed.length;
    pressure.start(rate);
    await sleep(measureMs);
    await pressure.stop();
    await sleep(3_000);
    const { completedAtMs } = await pressure.ends();
    const placed = pressure.placed.slice(from);
    return percentile(
      placed.map(({ orderId, atMs }) => (completedAtMs.get(orderId) ?? Number.POSITIVE_INFINITY) - atMs),
      0.5,
    );
  };
  try {
    await pressure.faults({ mode: 'none' });
    await timed(); // warms it up
    const before = await timed();
    say(`p50 to settle: ${before} ms`);
    await pressure.faults({ mode: 'throttle', rate: 1, retryAfterS: 3_600 });
    // A person says that calls go on all the same: else most would wait for leave, and never be asked.
    const said = ['--by', 'ada', '--why', 'to have them parked'];
    await shop.refrain('governor', 'throttle', 'psp', '--rate', '1000', ...said);
    await sleep(2_000);
    await pressure.placeBurst(parked, atOnce);
    const waiting = await untilParked(pressure, parked);
    say(`${waiting} operations wait for an hour`);
    await pressure.faults({ mode: 'none' });
    await shop.refrain('governor', 'release', 'psp', ...said);
    await untilOpen(pressure);
    const calledBefore = (await pressure.calls()).length;
    const behind = await timed();
    say(`p50 to settle behind them: ${behind} ms`);
    const { document } = await shop.refrain('audit');
    return {
      refused: pressure.refused,
      parked: waiting,
      p50Ms: { before, behind },
      calls: (await pressure.calls()).length - calledBefore,
      violations: (document as Audit).violations,
    };
  } finally {
    await pressure.end();
    await shop.stop();
  }
}

/** Waits until so many operations were told to come again later. */
async function untilParked(pressure: Pressure, count: number): Promise<number> {
  for (const giveUpAt = performance.now() + parkMsMax; ; await sleep(1_000)) {
    const throttled = (await pressure.calls()).filter(({ fate }) => fate === 'throttled');
    const waiting = new Set(throttled.map(({ operationId }) => operationId)).size;
    if (waiting >= count || performance.now() > giveUpAt) return waiting;
  }
}

/** Waits until the governor lets everything go again. */
async function untilOpen(pressure: Pressure): Promise<void> {
  for (const giveUpAt = performance.now() + parkMsMax; performance.now() < giveUpAt; await sleep(500)) {
    const word = pressure.words.at(-1);
    if (word?.kind === 'open' && !word.ramp) return;
  }
  throw new Error(`The word stayed ${pressure.words.at(-1)?.kind} for ${parkMsMax / 1_000} s.`);
}
