import type { LoadSignals } from '@refrain/governor';

/** Most handling times kept of one second; of more, the first ones speak for all. */
const SAMPLES_MAX = 512;

/** The share of deliveries that may take longer than what is reported. */
const SLOWEST = 0.05;

/** Gathers how loaded this process is, and tells it once a second. */
export class LoadMeter {
  #handled: number[] = [];
  #scheduleLateMs = 0;
  consumerLag = 0;
  clockOffsetMs = 0;
  oldestOverdueMs = 0;

  handled(ms: number): void {
    if (this.#handled.length < SAMPLES_MAX) this.#handled.push(Math.max(0, ms));
  }

  fired(lateMs: number): void {
    this.#scheduleLateMs = Math.max(this.#scheduleLateMs, lateMs);
  }

  /** What was gathered since the last time. */
  take(): LoadSignals {
    const sorted = this.#handled.sort((a, b) => a - b);
    const handlingMs = sorted[Math.max(0, Math.ceil(sorted.length * (1 - SLOWEST)) - 1)] ?? 0;
    const { consumerLag, clockOffsetMs, oldestOverdueMs } = this;
    const signals = {
      consumerLag,
      handlingMs,
      scheduleLateMs: this.#scheduleLateMs,
      clockOffsetMs,
      oldestOverdueMs,
    };
    this.#handled = [];
    this.#scheduleLateMs = 0;
    return signals;
  }
}
