import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Audit,
  type CountedCall,
  countedCalls,
  fullestWindow,
  type WindowCount,
} from '../../scripts/audit/mod.ts';
import { startShopWith } from '../support/shop.ts';
import { Pressure, type SeenWord } from './pressure.ts';
import { percentile, type RampBreach, rampBreaches, rampSecondBreaches } from './ramp-breaches.ts';

export interface OutageOptions {
  readonly instances: number;
  /** Orders a second, all the while. */
  readonly rate: number;
  /** What the provider can take, calls a second. */
  readonly capacityPerS: number;
  readonly calmMs: number;
  /** It takes calls, records them and cuts the connection. The governor is killed in the middle. */
  readonly downMs: number;
  /** Nobody listens at its port. */
  readonly goneMs: number;
  /** How long the load goes on after it healed. */
  readonly healedMs: number;
  readonly settleMsMax: number;
  readonly say: (text: string) => void;
}

export interface OutageReport {
  readonly placed: number;
  readonly refused: readonly string[];
  readonly cancelled: Readonly<Record<string, number>>;
  readonly postP99Ms: number;
  readonly calls: { readonly firsts: number; readonly retries: number };
  /** The ten seconds in which most was repeated, measured by the budget. */
  readonly fullest: WindowCount | undefined;
  /** Over the ramp's limit: in the seconds of the ramp, and in seconds at any alignment. */
  readonly rampSecondBreaches: readonly RampBreach[];
  readonly rampBreaches: readonly RampBreach[];
  /** Seconds from healing until completions were back at 95 % of what was offered, and stayed there. */
  readonly recoveredS: number | undefined;
  readonly completionsAfter: readonly number[];
  readonly words: readonly SeenWord[];
  readonly audit: Audit;
}

const budget = { windowMs: 10_000, share: 0.2, more: 10 };

/** An outage under load, from calm to drained, watched from outside. */
export async function runOutage(options: OutageOptions): Promise<OutageReport> {
  const { instances, rate, capacityPerS, say } = options;
  const all = ['orders', 'payments', 'inventory', 'notifications'].map((name) => `${name}=${instances}`);
  const settings = { LOG_LEVEL: 'error', ORDER_DEADLINE_S: '3600' };
  const shop = await startShopWith(settings, '--instances', all.join(','));
  const pressure = new Pressure(shop);
  try {
    await pressure.faults({ mode: 'none', capacityPerS });
    say(`${rate} orders a second, ${instances} instances each`);
    pressure.start(rate);
    await sleep(options.calmMs);
    const downAt = await pressure.faults({ mode: 'down', capacityPerS });
    say('the provider cuts every connection');
    await sleep(options.downMs / 2);
    await pressure.kill('governor');
    say('the governor was killed');
    await sleep(options.downMs / 2);
    await pressure.faults({ mode: 'gone', forMs: options.goneMs, capacityPerS });
    say('nobody listens at its port');
    await sleep(options.goneMs);
    const healedAt = Date.now();
    say('the provider is back');
    await sleep(options.healedMs);
    const stoppedAt = Date.now();
    await pressure.stop();
    const audit = await pressure.settled(options.settleMsMax);
    const { completedAtMs, cancelled } = await pressure.ends();
    const made = await pressure.calls();
    const calls = countedCalls(made);
    // An attempt is counted at its last step: creating and confirming are one.
    const attempts = countedCalls(made, new Set(['confirm', 'refund']));
    const seconds = perSecond([...completedAtMs.values()], healedAt, stoppedAt);
    tellWords(pressure.words, downAt, say);
    return {
      placed: pressure.placed.length,
      refused: pressure.refused,
      cancelled,
      postP99Ms: percentile(
        pressure.placed.map(({ answeredMs }) => answeredMs),
        0.99,
      ),
      calls: { firsts: countOf(calls, 'first'), retries: countOf(calls, 'retry') },
      fullest: fullestWindow(calls, budget, pressure.ramps()),
      rampSecondBreaches: rampSecondBreaches(attempts, pressure.ramps()),
      rampBreaches: rampBreaches(attempts, pressure.ramps()),
      recoveredS: recoveredAfter(seconds, 0.95 * Math.min(rate, capacityPerS)),
      completionsAfter: seconds,
      words: pressure.words,
      audit,
    };
  } finally {
    await pressure.end();
    await shop.stop();
  }
}

const countOf = (calls: readonly CountedCall[], kind: CountedCall['kind']): number =>
  calls.filter((call) => call.kind === kind).length;

/** How many of the times lie in each whole second between two times. */
export function perSecond(times: readonly number[], fromMs: number, toMs: number): number[] {
  const counts = Array.from({ length: Math.max(0, Math.floor((toMs - fromMs) / 1_000)) }, () => 0);
  for (const at of times) {
    const second = Math.floor((at - fromMs) / 1_000);
    if (second in counts) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

/** The second from which on every five seconds together reached `enough` a second. */
export function recoveredAfter(counts: readonly number[], enough: number): number | undefined {
  const means = counts.map((_, i) => {
    const five = counts.slice(i, i + 5);
    return five.reduce((sum, n) => sum + n, 0) / five.length;
  });
  const lastBelow = means.slice(0, -4).findLastIndex((mean) => mean < enough);
  return lastBelow + 1 < means.length - 4 ? lastBelow + 1 : undefined;
}

function tellWords(words: readonly SeenWord[], fromMs: number, say: (text: string) => void): void {
  for (const { atMs, kind, ramp, rate, reason, warning, epoch } of words) {
    const at = `${((atMs - fromMs) / 1_000).toFixed(1)} s`.padStart(8);
    const how = [
      kind,
      ...(ramp ? ['ramp'] : []),
      ...(rate === undefined ? [] : [`${rate.toFixed(1)}/s`]),
    ].join(' ');
    say(`${at}  ${how} (term ${epoch}): ${reason}${warning === undefined ? '' : `; warning: ${warning}`}`);
  }
}
