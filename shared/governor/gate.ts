import { createAlone, type Alone } from './alone.ts';
import { createPace, type Pace } from './pace.ts';
import type { Asker, CallKind, Gate, HoldReason, Leave } from './ports.ts';
import { HOPED_UNKNOWN } from './ramp.ts';
import type { Share, Word } from './word.ts';

/** A share is spent once: so long after its word, in milliseconds, nothing of it is left. */
export const SHARE_MS = 1_500;

/** Without a word for so long, in milliseconds, an instance keeps to what it knows by itself. */
export const SILENT_MS = 3_000;

/** The furthest that `againMs` looks ahead where a crowd waits, in milliseconds. */
const CROWD_MS = 4_000;

interface Heard {
  readonly word: Word;
  readonly at: number;
  readonly share: Share;
  readonly pace: Pace | undefined;
  readonly alone: Alone;
}

/** What was granted before this gate began may have been spent by whoever bore its name before. */
const nothing = ({ calls, own }: Share, { kind }: Word): Share => ({
  ...(calls === undefined || kind === 'open' ? {} : { calls: 0 }),
  ...(own ? { own } : {}),
  retries: 0,
});

class LocalGate implements Gate {
  readonly #instance: string;
  #last: Heard | undefined;
  /** Retries of the last word's share that were taken. */
  #granted = 0;
  /** How many were told to ask again since the last word. */
  #told = 0;
  #toldRetries = 0;
  /** First attempts since the last word, and between the two before. */
  #firsts = 0;
  #firstsBefore = 0;
  /** The bucket that first attempts fill. Below 0 after a first attempt that was given back. */
  #earned = 0;

  constructor(instance: string) {
    this.#instance = instance;
  }

  hear(word: Word, now: number): void {
    const before = this.#last?.word;
    if (before && (word.epoch < before.epoch || (word.epoch === before.epoch && word.tick <= before.tick)))
      return;
    const listed = word.shares[this.#instance] ?? word.newcomer;
    const share = before ? listed : nothing(listed, word);
    this.#granted = 0;
    this.#told = 0;
    this.#toldRetries = 0;
    this.#firstsBefore = before ? this.#firsts : 0;
    this.#firsts = 0;
    this.#earned = Math.min(this.#earned, share.own?.bucket ?? 0);
    this.#last = {
      word,
      at: now,
      share,
      pace:
        share.calls === undefined ? undefined : createPace(share.calls, share.phase, word.kind === 'open'),
      alone: createAlone(word, this.#instance),
    };
  }

  take(kind: CallKind, now: number, asker: Asker = 'many'): Leave {
    const last = this.#last;
    if (!last)
      return kind === 'first' ? { go: true } : { go: false, reason: 'no word', againMs: SILENT_MS / 3 };
    const age = Math.max(0, now - last.at);
    const silent = age >= SILENT_MS;
    if (kind === 'retry' && !this.#mayRetry(last, age)) return this.#overBudget(last, age, asker);
    const againMs = silent ? last.alone.callMs(age) : this.#callMs(last, age, asker);
    if (againMs > 0) return { go: false, reason: reasonOf(last.word, silent), againMs: Math.ceil(againMs) };
    if (silent) last.alone.takeCall(age);
    else last.pace?.take(age);
    if (kind === 'first') {
      this.#firsts++;
      this.#earn(last, 1);
    } else this.#payRetry(last, age);
    return { go: true };
  }

  giveBack(kind: CallKind, now: number): void {
    const last = this.#last;
    if (!last) return;
    if (now - last.at < SILENT_MS) last.pace?.giveBack();
    if (kind === 'first') this.#earn(last, -1);
    else if (this.#granted > 0) this.#granted--;
    else this.#earned = Math.min(this.#earned + 1, last.share.own?.bucket ?? 0);
  }

  heard(): { readonly epoch: number; readonly tick: number } | undefined {
    return this.#last && { epoch: this.#last.word.epoch, tick: this.#last.word.tick };
  }

  state(now: number): ReturnType<Gate['state']> {
    const last = this.#last;
    if (!last) return { word: 'silent', epoch: 0, reason: 'no word was heard yet', waiting: 0 };
    const { kind, epoch, reason, waiting, rate, holdMs, best, ramp, pin } = last.word;
    const age = Math.max(0, now - last.at);
    if (age >= SILENT_MS) {
      const since = `no word for ${Math.floor(age / 1000)} s; the last was ${kind}: ${reason}`;
      const pace = last.alone.rate();
      return { word: 'silent', epoch, reason: since, waiting, ...(pace === undefined ? {} : { rate: pace }) };
    }
    const hold = holdMs === undefined ? {} : { holdMs: Math.max(0, holdMs - age) };
    const mends = kind === 'suppressed' || kind === 'probing' || ramp;
    // What a person holds does not mend by itself: of one that nobody saw well nothing is hoped meanwhile.
    const hoped = mends ? best || (pin ? undefined : HOPED_UNKNOWN) : undefined;
    const hope = hoped === undefined ? {} : { hoped };
    const pace = { ...(rate === undefined ? {} : { rate }), ...hope };
    return { word: kind, epoch, reason, waiting, ...pace, ...hold };
  }

  /** 0: now; else when it is worth asking again. */
  #callMs({ pace, word }: Heard, age: number, asker: Asker): number {
    if (!pace) return word.kind === 'suppressed' ? Math.max(1, (word.holdMs ?? 1_000) - age) : 0;
    if (age < SHARE_MS && pace.isOpen(age)) return 0;
    if (age >= SHARE_MS) return word.kind === 'open' ? 0 : SILENT_MS - age;
    if (word.kind === 'suppressed') return Math.max(1, (word.holdMs ?? 1_000) - age);
    const nextMs = pace.nextMs(age, asker === 'next' ? 0 : this.#told++);
    const overMs = nextMs + age - 1_000;
    if (overMs < 0) return nextMs;
    // Not this second. A ramp about doubles each second, so many seconds' calls at this pace come sooner.
    const aheadMs = word.ramp || word.kind === 'probing' ? 1_000 * Math.log2(1 + overMs / 1_000) : overMs;
    return Math.max(1, 1_000 - age + Math.min(CROWD_MS, aheadMs));
  }

  #mayRetry({ share, alone }: Heard, age: number): boolean {
    if (this.#earned >= 1 || (age < SHARE_MS && this.#granted < share.retries)) return true;
    return age >= SILENT_MS && alone.hasRetry(age);
  }

  /** What was earned goes first: it would overflow, and what is granted and not used returns to all. */
  #payRetry({ share, alone }: Heard, age: number): void {
    if (this.#earned >= 1) this.#earned--;
    else if (age < SHARE_MS && this.#granted < share.retries) this.#granted++;
    else alone.takeRetry(age);
  }

  #earn({ share }: Heard, firsts: number): void {
    if (share.own) this.#earned = Math.min(this.#earned + firsts * share.own.share, share.own.bucket);
  }

  #overBudget({ word, share, alone }: Heard, age: number, asker: Asker): Leave {
    const again = (ms: number): Leave => ({
      go: false,
      reason: 'budget',
      againMs: Math.ceil(Math.max(1, ms)),
    });
    if (age >= SILENT_MS) return again(Math.min(alone.retryMs(age), CROWD_MS));
    const perSecond = this.#firstsBefore * (share.own?.share ?? 0);
    const ahead = asker === 'next' ? 0 : this.#toldRetries++;
    const nextMs = ((ahead + 1 - this.#earned) * 1_000) / perSecond;
    if (perSecond > 0.5 && share.own?.bucket) return again(Math.min(nextMs, CROWD_MS));
    const crowdMs = Math.min(CROWD_MS, (250 * word.waiting) / (word.rate ?? 20));
    return again(Math.max(100, 1_000 - age) + crowdMs);
  }
}

function reasonOf({ kind }: Word, silent: boolean): HoldReason {
  return silent && kind !== 'suppressed' ? 'no word' : kind === 'open' ? 'budget' : kind;
}

/**
 * What one instance may still do under the last word on one dependency. `now` in milliseconds, best of a
 * clock that never goes back. Every question costs the same, whatever was asked before; it keeps one word.
 *
 * - The first word it hears grants nothing but the kind: its share may have been spent in a life before.
 * - Retries need a leave under every word: one that its own first attempts paid for, or one of the share.
 * - No word for {@link SILENT_MS}: under `open` first attempts go on. Under another word all listed instances
 *   together keep to the last rate; to one call a second where the last word was `suppressed` (once its hold
 *   is over), `probing` or a ramp; to none where a person said so. Retries: those its first attempts pay for,
 *   and one each `aloneMs`.
 */
export function createGate(instance: string): Gate {
  return new LocalGate(instance);
}
