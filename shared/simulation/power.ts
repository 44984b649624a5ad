import type { Commit } from '@refrain/event-log';
import { type Cut, cutTails } from './power-cut.ts';
import type { Run } from './run.ts';

/** A power cut, and for how long it is dark. `wordsSynced`: what governors said later is gone. */
type PowerCut = Cut & { readonly downMs: number; readonly wordsSynced: number };

/** The power of all machines of a run. */
export class Power {
  /** What its cuts took. */
  readonly lost: Commit[] = [];
  readonly #run: Run;
  readonly #startAll: () => void;
  #cuts = 0;
  #onRecovered: (() => void)[] = [];
  #isOff = false;

  constructor(run: Run, startAll: () => void) {
    this.#run = run;
    this.#startAll = startAll;
  }

  /** From a cut until what it took is recovered from: no process begins. */
  get isOff(): boolean {
    return this.#isOff;
  }

  /** Does something as soon as a cut is recovered from: the next one, or the one that is seen to. */
  onceRecovered(act: () => void): void {
    this.#onRecovered.push(act);
  }

  /**
   * Every process dies, the broker loses what it had not synced and is away for `downMs`; then the recovery
   * runs, and everybody begins. Returns how many commits are gone; 0 where the power was off.
   */
  cut({ downMs, wordsSynced, ...cut }: PowerCut): number {
    if (this.#isOff) return 0;
    this.#isOff = true;
    const run = this.#run;
    const { broker } = run.world;
    const alive = run.processes().filter((name) => run.process(name).alive);
    for (const name of alive) run.process(name).kill();
    run.unrecordedMax += alive.length;
    const lost = cutTails(broker, cut);
    broker.bucket.forgetAfter(wordsSynced);
    broker.goDown(downMs);
    this.lost.push(...lost);
    run.tell('power', `goes, and is back after ${downMs} ms; ${lost.length} commits are gone`);
    const id = `boot-${++this.#cuts}`;
    run.after(downMs, () => void this.#recover(id));
    return lost.length;
  }

  async #recover(id: string): Promise<void> {
    await this.#run.scenario.recover?.(this.#run, id);
    this.#run.tell('power', `${id} is recovered from`);
    this.#isOff = false;
    this.#startAll();
    for (const act of this.#onRecovered.splice(0)) act();
  }
}
