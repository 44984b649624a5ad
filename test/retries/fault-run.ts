import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Audit,
  countedCalls,
  fullestWindow,
  type SandboxCall,
  type WindowCount,
} from '../../scripts/audit/mod.ts';
import { startShopWith } from '../support/shop.ts';
import { Pressure } from './pressure.ts';
import { type Promptness, promptnessBetween, readPromptness } from './promptness.ts';

/** What the provider does wrong, one after the other. */
const faultModes = {
  throttle: { mode: 'throttle', rate: 0.3, retryAfterS: 2 },
  slow: { mode: 'slow', delayMs: 800 },
  fail_before: { mode: 'fail_before', rate: 0.3 },
  fail_after: { mode: 'fail_after', rate: 0.3 },
  sticky_500: { mode: 'sticky_500', rate: 0.3 },
  in_progress: { mode: 'in_progress', rate: 0.3, delayMs: 1_500 },
} as const;

export interface FaultOptions {
  readonly payments: number;
  readonly rate: number;
  /** How long each of them lasts. */
  readonly eachMs: number;
  readonly settleMsMax: number;
  readonly say: (text: string) => void;
}

export interface FaultReport {
  readonly placed: number;
  readonly refused: readonly string[];
  readonly cancelled: Readonly<Record<string, number>>;
  readonly fullest: WindowCount | undefined;
  /** Calls that came before `Retry-After` was over, in milliseconds too early. */
  readonly tooEarlyMs: readonly number[];
  /** How soon alarms came and retries were called, under each fault. */
  readonly promptness: Readonly<Record<string, Promptness>>;
  readonly words: readonly string[];
  readonly audit: Audit;
}

/** Every fault of the sandbox under load, one after the other, on one shop. */
export async function runFaults({
  payments,
  rate,
  eachMs,
  settleMsMax,
  say,
}: FaultOptions): Promise<FaultReport> {
  const settings = { LOG_LEVEL: 'error', ORDER_DEADLINE_S: '3600' };
  const shop = await startShopWith(settings, '--instances', `payments=${payments}`);
  const pressure = new Pressure(shop);
  try {
    pressure.start(rate);
    await sleep(3_000);
    const promptness: Record<string, Promptness> = {};
    let told = await readPromptness(shop);
    for (const [name, faults] of Object.entries(faultModes)) {
      say(`the provider: ${name}`);
      await pressure.faults(faults);
      await sleep(eachMs);
      const now = await readPromptness(shop);
      promptness[name] = promptnessBetween(told, now);
      told = now;
    }
    await pressure.faults({ mode: 'none' });
    say('the provider is well again');
    await sleep(3_000);
    await pressure.stop();
    const audit = await pressure.settled(settleMsMax);
    promptness['none'] = promptnessBetween(told, await readPromptness(shop));
    const calls = await pressure.calls();
    return {
      placed: pressure.placed.length,
      refused: pressure.refused,
      cancelled: (await pressure.ends()).cancelled,
      fullest: fullestWindow(
        countedCalls(calls),
        { windowMs: 10_000, share: 0.2, more: 10 },
        pressure.ramps(),
      ),
      tooEarlyMs: tooEarly(calls, faultModes.throttle.retryAfterS * 1_000),
      promptness,
      words: pressure.words.map(({ kind, ramp, reason }) => `${ramp ? 'ramp' : kind}: ${reason}`),
      audit,
    };
  } finally {
    await pressure.end();
    await shop.stop();
  }
}

/** By how much calls came sooner after a 429 than the provider asked for. */
export function tooEarly(calls: readonly SandboxCall[], retryAfterMs: number): number[] {
  const askedAt = new Map<string, number>();
  return calls
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .flatMap(({ at, operationId, fate }) => {
      if (operationId === null) return [];
      const atMs = Date.parse(at);
      const early = (askedAt.get(operationId) ?? 0) + retryAfterMs - atMs;
      if (fate === 'throttled') askedAt.set(operationId, atMs);
      return early > 0 ? [early] : [];
    });
}
