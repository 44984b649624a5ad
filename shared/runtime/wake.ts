import type { Clock } from '@refrain/event-log';

/** A reason of its own: without one, each abort would make an error with its stack. */
const WOKEN = 'woken';

/** Sleeps until somebody calls `wake`, or the time is over: a timer that hints make earlier. */
export class Wake {
  readonly #clock: Clock;
  #woken = false;
  #sleeping: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#sleeping?.abort(WOKEN);
  }

  async sleep(ms: number): Promise<void> {
    if (!this.#woken) {
      this.#sleeping = new AbortController();
      await this.#clock.sleep(ms, this.#sleeping.signal);
    }
    this.#woken = false;
    this.#sleeping = undefined;
  }
}
