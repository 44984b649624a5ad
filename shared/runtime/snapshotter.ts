import type { Clock } from '@refrain/event-log';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { Wake } from './wake.ts';

/** What is worth to be kept now: its name, and how to take it at one moment. */
export interface Keepable {
  readonly name: string;
  /** `undefined`: it has gone, or cannot be kept. Does not await: nothing changes while it is taken. */
  readonly take: () => Snapshot | undefined;
}

export interface SnapshotterOptions {
  /** Time between two looks for what is worth it, in milliseconds. */
  readonly everyMs: number;
  /** Least time between two snapshots of one thing, over all instances, in milliseconds. */
  readonly restMs: number;
}

/** Keeps a snapshot now and then of what would take long to read again, one after the other. */
export class Snapshotter {
  readonly #clock: Clock;
  readonly #store: SnapshotStore;
  readonly #options: SnapshotterOptions;
  readonly #due: () => readonly Keepable[];
  readonly #wake: Wake;
  #stopped = false;

  constructor(
    clock: Clock,
    store: SnapshotStore,
    due: () => readonly Keepable[],
    options: SnapshotterOptions,
  ) {
    this.#clock = clock;
    this.#store = store;
    this.#due = due;
    this.#options = options;
    this.#wake = new Wake(clock);
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#wake.sleep(this.#options.everyMs);
      await this.keep();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  /** Looks once. */
  async keep(): Promise<void> {
    const { restMs } = this.#options;
    for (const { name, take } of this.#due()) {
      const snapshot = this.#stopped ? undefined : take();
      if (snapshot) await this.#store.write(name, snapshot, { now: this.#clock.now(), restMs });
    }
  }
}
