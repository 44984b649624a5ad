import type { Word } from './word.ts';

/** A retry that comes with time, while no word does, is there for so many milliseconds. */
const RETRY_OPEN_MS = 3_000;
/** And a call, where calls are limited. */
const CALL_OPEN_MS = 250;
/** Who has no turn at all is told to ask again after so long, in milliseconds: a word may come. */
const NO_TURN_MS = 5_000;

/**
 * What an instance may do while no word arrives. Times are milliseconds since the last word, which all
 * instances heard at about the same time: so they take turns without speaking to each other.
 */
export interface Alone {
  /** 0: a call may go now; else when it is worth asking again, in milliseconds. */
  callMs(age: number): number;
  takeCall(age: number): void;
  hasRetry(age: number): boolean;
  takeRetry(age: number): void;
  retryMs(age: number): number;
  /** Calls per second of all instances; absent: no limit. */
  rate(): number | undefined;
}

/** Calls a second of all instances under the last word; `undefined`: no limit. */
function callsPerSecond({ kind, rate, ramp, pin }: Word): number | undefined {
  if (kind === 'open') return undefined;
  if (pin && kind === 'suppressed') return pin.until === undefined ? 0 : 1;
  return kind === 'throttled' && ramp !== true && rate !== undefined ? rate : 1;
}

/** A slot opens every `everyMs`, first at `firstMs`, for `openMs`; what is in it is taken once. */
function createSlots(firstMs: number, everyMs: number, openMs: number) {
  let taken = -1;
  const slotAt = (age: number): number => Math.floor((age - firstMs) / everyMs);
  const isOpen = (age: number): boolean => {
    const slot = slotAt(age);
    return slot >= 0 && slot > taken && age - firstMs - slot * everyMs < openMs;
  };
  return {
    waitMs: (age: number): number =>
      isOpen(age) ? 0 : Math.max(1, firstMs + Math.max(0, slotAt(age) + 1) * everyMs - age),
    take(age: number): void {
      taken = slotAt(age);
    },
  };
}

/** Takes the turns of `instance` from the last word; one that is not listed in it has none. */
export function createAlone(word: Word, instance: string): Alone {
  const names = Object.keys(word.shares).sort();
  const index = names.indexOf(instance);
  const { aloneMs, holdMs = 0 } = word;
  const rate = callsPerSecond(word);
  const never = index < 0 || rate === 0;
  const everyMs = rate ? (names.length * 1_000) / rate : Infinity;
  const calls = createSlots(
    holdMs + (index / names.length) * everyMs,
    everyMs,
    Math.min(everyMs, CALL_OPEN_MS),
  );
  const retries =
    aloneMs === undefined || index < 0
      ? undefined
      : createSlots(aloneMs * (1 + index / names.length), aloneMs, RETRY_OPEN_MS);
  return {
    callMs: (age) => (rate === undefined ? 0 : never ? NO_TURN_MS : calls.waitMs(age)),
    takeCall(age) {
      if (rate !== undefined) calls.take(age);
    },
    hasRetry: (age) => retries?.waitMs(age) === 0,
    takeRetry: (age) => retries?.take(age),
    retryMs: (age) => retries?.waitMs(age) ?? NO_TURN_MS,
    rate: () => rate,
  };
}
