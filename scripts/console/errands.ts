import { randomUUID } from 'node:crypto';
import type { Errand } from '@refrain/console/api';
import { messageOf } from '@refrain/errors';
import { refused } from './problems.ts';

/** So many are remembered; those that run are never forgotten. */
const KEPT_MAX = 20;

/** How an errand tells how far it is. `share`: from 0 to 1. */
export type Report = (progress: string, share?: number) => void;

export interface ErrandWork {
  readonly kind: Errand['kind'];
  /** What was asked for, in a few words. */
  readonly about: string;
  readonly work: (report: Report, signal: AbortSignal) => Promise<unknown>;
}

interface Running {
  errand: Errand;
  readonly stop: AbortController;
}

/** What takes longer than a request. Of each kind one runs at a time. */
export class Errands {
  readonly #all = new Map<string, Running>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws Problem 409 while one of its kind runs. */
  start({ kind, about, work }: ErrandWork): Errand {
    const other = [...this.#all.values()].find(
      ({ errand }) => errand.kind === kind && errand.state === 'running',
    );
    if (other)
      throw refused(
        `One of its kind runs already (${kind}: ${other.errand.about}). Wait for its end, or stop it. Nothing was begun.`,
      );
    const id = randomUUID();
    const errand: Errand = { id, kind, about, state: 'running', startedAt: this.#time(), progress: '' };
    const running: Running = { errand, stop: new AbortController() };
    this.#all.set(id, running);
    this.#forget();
    void this.#run(running, work);
    return errand;
  }

  get(id: string): Errand | undefined {
    return this.#all.get(id)?.errand;
  }

  /** Newest first, without results. */
  list(): Errand[] {
    return [...this.#all.values()].toReversed().map(({ errand: { result: _result, ...errand } }) => errand);
  }

  /** Asks it to end. What it has done stays done. */
  stop(id: string): Errand | undefined {
    const running = this.#all.get(id);
    running?.stop.abort();
    return running?.errand;
  }

  stopAll(): void {
    for (const { stop } of this.#all.values()) stop.abort();
  }

  async #run(running: Running, work: ErrandWork['work']): Promise<void> {
    const { signal } = running.stop;
    const report: Report = (progress, share) => {
      running.errand = { ...running.errand, progress, ...(share !== undefined && { share }) };
    };
    const end = (how: Partial<Errand>): void => {
      running.errand = { ...running.errand, endedAt: this.#time(), ...how };
    };
    try {
      const result = await work(report, signal);
      end({ state: signal.aborted ? 'stopped' : 'done', result });
    } catch (error) {
      end(signal.aborted ? { state: 'stopped' } : { state: 'failed', problem: messageOf(error) });
    }
  }

  #forget(): void {
    for (const [id, { errand }] of this.#all) {
      if (this.#all.size <= KEPT_MAX) return;
      if (errand.state !== 'running') this.#all.delete(id);
    }
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
