import type { Kept, Report } from '@refrain/governor';
import type { VirtualClock } from './virtual-clock.ts';

interface Stored extends Kept {
  readonly id: string;
}

/** Values kept of each key, as the bucket of a real broker does. */
const HISTORY = 64;
const WORD_KEY = 'word.';

/**
 * What governors share, and the two ways between them and instances: reports are heard by whoever listens
 * now, a word is heard as soon as it is stored.
 */
export class MemoryBucket {
  readonly #clock: VirtualClock;
  readonly #keys = new Map<string, Stored[]>();
  readonly #hearsWords = new Set<(dependency: string, value: string) => void>();
  readonly #hearsReports = new Set<(report: Report) => void>();
  #revision = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  last(key: string): Stored | undefined {
    return this.#keys.get(key)?.at(-1);
  }

  history(key: string): readonly Kept[] {
    return this.#keys.get(key) ?? [];
  }

  /** The revision, or `undefined` when another than the expected one stands there. */
  write(entry: { key: string; value: string; expected: number; id: string }): number | undefined {
    const { key, value, expected, id } = entry;
    if ((this.last(key)?.revision ?? 0) !== expected) return undefined;
    const revision = ++this.#revision;
    const kept = [...(this.#keys.get(key) ?? []), { revision, value, id, at: this.#clock.now() }];
    this.#keys.set(key, kept.slice(-HISTORY));
    if (key.startsWith(WORD_KEY))
      for (const hears of this.#hearsWords) hears(key.slice(WORD_KEY.length), value);
    return revision;
  }

  /** Loses what was written behind a moment: what a power cut does. */
  forgetAfter(at: number): void {
    for (const [key, kept] of this.#keys)
      this.#keys.set(
        key,
        kept.filter((one) => one.at <= at),
      );
  }

  /** Tells of each word that is stored from now on, until what it returns is called. */
  onWord(hears: (dependency: string, value: string) => void): () => void {
    this.#hearsWords.add(hears);
    return () => void this.#hearsWords.delete(hears);
  }

  /** Brings a report to whoever listens now; it is stored nowhere. */
  report(report: Report): void {
    for (const hears of this.#hearsReports) hears(report);
  }

  onReport(hears: (report: Report) => void): () => void {
    this.#hearsReports.add(hears);
    return () => void this.#hearsReports.delete(hears);
  }
}
