import type { Clock } from '@refrain/event-log';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * 2026-01-01T00:00:00Z: virtual time starts at a fixed moment, so that a seed gives the same run on any day.
 */
const START = Date.UTC(2026, 0, 1);

/**
 * Time that passes only when nothing else is to be done. Timers of one moment fire in the order they were
 * set, so a run is the same whatever the machine does.
 */
export class VirtualClock implements Clock {
  #now = START;
  #order = 0;
  /** A binary heap by time, then by order. */
  readonly #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.at(this.#now + Math.max(0, ms), resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Calls `fire` at a moment of virtual time. */
  at(at: number, fire: () => void): void {
    const timers = this.#timers;
    const timer = { at: Math.max(at, this.#now), order: this.#order++, fire };
    let i = timers.push(timer) - 1;
    for (let up = (i - 1) >> 1; i > 0 && before(timer, timers[up] as Timer); up = (i - 1) >> 1) {
      timers[i] = timers[up] as Timer;
      i = up;
    }
    timers[i] = timer;
  }

  #next(): Timer | undefined {
    const timers = this.#timers;
    const first = timers[0];
    const last = timers.pop();
    if (!first || !last || timers.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= timers.length) break;
      if (child + 1 < timers.length && before(timers[child + 1] as Timer, timers[child] as Timer)) child++;
      if (!before(timers[child] as Timer, last)) break;
      timers[i] = timers[child] as Timer;
      i = child;
    }
    timers[i] = last;
    return first;
  }

  /**
   * Lets time pass, timer by timer, until `done` says so or `maxMs` of virtual time are over. Between two
   * timers everything that can go on without time does.
   */
  async runUntil(done: () => boolean, maxMs: number): Promise<boolean> {
    const end = this.#now + maxMs;
    for (let i = 1; ; i++) {
      await (i % TURNS_EACH === 0 ? turn() : settled());
      if (done()) return true;
      const timer = this.#timers[0];
      if (!timer || timer.at > end) return false;
      this.#next();
      this.#now = timer.at;
      timer.fire();
    }
  }

  /** Lets time pass by itself for code that awaits real promises. Returns what stops it. */
  autorun(): () => void {
    const state = { running: true };
    const run = async (): Promise<void> => {
      while (state.running) {
        await this.runUntil(() => !state.running, Number.MAX_SAFE_INTEGER);
        await turn();
      }
    };
    void run();
    return () => {
      state.running = false;
    };
  }
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What stands outside of virtual time, a test's own time limit, gets its turn once in so many timers. */
const TURNS_EACH = 500;

/** Every promise that can go on has gone on after it: Node looks at its ticks once all of them have. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** As `settled`, and one turn of the event loop besides. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
