import { setTimeout as sleep } from 'node:timers/promises';
import { RefrainError } from '@refrain/errors';
import type { Word } from '@refrain/governor';
import { whyUnanswered } from '../errors.ts';

/** A moment of the story: what the payment provider does from then on, and how that is told. */
interface Moment {
  readonly atS: number;
  readonly tells: string;
  readonly faults: Readonly<Record<string, unknown>>;
}

/** What the provider of the sandbox can take, calls a second. */
const capacityPerS = 80;

/** Struggle, outage, healing: a minute, with the draining at its end. */
const storm: readonly Moment[] = [
  { atS: 0, tells: 'all is well', faults: { mode: 'none', capacityPerS } },
  { atS: 5, tells: 'one call in eight fails', faults: { mode: 'fail_before', rate: 0.125, capacityPerS } },
  { atS: 12, tells: 'two calls in five fail', faults: { mode: 'fail_before', rate: 0.4, capacityPerS } },
  { atS: 22, tells: 'every connection is cut', faults: { mode: 'down', capacityPerS } },
  { atS: 32, tells: 'it works again', faults: { mode: 'none', capacityPerS } },
];

/** How long orders are placed, in seconds: until well after it healed. */
export const stormS = 45;

export interface StormOptions {
  readonly pspUrl: string;
  readonly governorUrl: string;
  /** One line of the story, with the seconds since its beginning. */
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A word as it was told, for the document. */
export interface ToldWord {
  readonly atS: number;
  readonly kind: string;
  readonly reason: string;
  readonly warning?: string | undefined;
}

const lookEveryMs = 250;
/** How long the last word is waited for once the orders are done, in seconds: that all is open again. */
const OPEN_AGAIN_S = 30;

/** @throws RF_UNREACHABLE */
async function putFaults(url: string, faults: Moment['faults']): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'PUT', headers, body: JSON.stringify(faults) };
  try {
    const answer = await fetch(`${url}/faults`, { ...init, signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`it took no faults: it answered ${answer.status}`);
  } catch (error) {
    const details = { what: 'the provider', where: url, problem: whyUnanswered(error) };
    throw new RefrainError('RF_UNREACHABLE', details, { cause: error });
  }
}

/**
 * Lets the provider of the sandbox struggle, fail and heal, and tells what the governor says meanwhile. Ends
 * once `signal` is aborted and calls are open again, or 30 s after it; the provider is sound afterwards,
 * unless this process dies or it is not reached.
 */
export async function runStorm({ pspUrl, governorUrl, tell, signal }: StormOptions): Promise<ToldWord[]> {
  const startedMs = performance.now();
  const secondsIn = (): number => (performance.now() - startedMs) / 1_000;
  const told: ToldWord[] = [];
  const say = (text: string): void => tell(`${secondsIn().toFixed(0).padStart(3)} s  ${text}`);
  const moments = [...storm];
  let abortedS = Infinity;
  signal.addEventListener('abort', () => (abortedS = secondsIn()), { once: true });
  const isTold = (): boolean => !isShut(told.at(-1)) || secondsIn() > abortedS + OPEN_AGAIN_S;
  try {
    while (!(signal.aborted && isTold())) {
      const next = moments[0];
      if (next && secondsIn() >= next.atS) {
        moments.shift();
        await putFaults(pspUrl, next.faults);
        say(`the provider: ${next.tells}`);
      }
      const word = await wordOf(governorUrl);
      if (signal.aborted && !word) break;
      const last = told.at(-1);
      if (
        word &&
        (last?.kind !== nameOf(word) || (last.warning === undefined) !== (word.warning === undefined))
      ) {
        told.push({ atS: secondsIn(), kind: nameOf(word), reason: word.reason, warning: word.warning });
        say(`  the governor: ${lineOf(word)}`);
      }
      await sleep(lookEveryMs);
    }
  } finally {
    await putFaults(pspUrl, { mode: 'none' });
  }
  return told;
}

const isShut = (last: ToldWord | undefined): boolean => last !== undefined && last.kind !== 'open';

const nameOf = ({ kind, ramp }: Pick<Word, 'kind' | 'ramp'>): string => (ramp ? 'ramp' : kind);

function lineOf(word: Pick<Word, 'kind' | 'ramp' | 'reason' | 'warning' | 'rate' | 'waiting'>): string {
  const rate = word.rate === undefined ? '' : ` at ${word.rate.toFixed(0)}/s`;
  const warning = word.warning === undefined ? '' : `, warns: ${word.warning}`;
  return `${nameOf(word)}${rate}: ${word.reason}${warning}`;
}

/** A governor that does not answer was killed, or is starting: its word is seen at the next look. */
async function wordOf(url: string): Promise<Word | undefined> {
  try {
    const answer = await fetch(`${url}/status`, { signal: AbortSignal.timeout(2_000) });
    const { words } = (await answer.json()) as { words?: Word[] };
    return words?.find(({ dependency }) => dependency === 'psp');
  } catch {
    return undefined;
  }
}
