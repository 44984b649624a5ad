import { MemoryBroker, MemoryClient, VirtualClock } from '@refrain/memory';
import type { GovernorStore, Word } from '@refrain/governor';
import { wordOn } from '@refrain/testing';
import { Governor } from './governor.ts';
import type { Outlook } from './outlook.ts';

/** An outlook that says the same of one dependency again and again, and that there is nothing else. */
export function steadyOutlook(dependency: string, different: Partial<Word> = {}): Outlook {
  let tick = 0;
  return {
    hear: () => {},
    begin: () => {
      tick = 0;
    },
    decide: ({ epoch, pins }) => {
      const pin = pins[dependency];
      const kind = pin?.kind ?? 'open';
      return [{ ...wordOn(dependency, ++tick, epoch), kind, ...(pin && { pin }), ...different }];
    },
    dependencies: () => [dependency],
    instances: () => [],
    budgets: () => [],
  };
}

/** What a process that is stopped (SIGSTOP, a laptop that sleeps) does: nothing, and it does not notice. */
class Pause {
  #going = Promise.withResolvers<void>();
  /** It begins when this key is read. */
  atRead: string | undefined;

  constructor() {
    this.#going.resolve();
  }

  begin(): void {
    this.#going = Promise.withResolvers<void>();
  }

  end(): void {
    this.#going.resolve();
  }

  async around<T>(act: () => Promise<T>): Promise<T> {
    await this.#going.promise;
    const result = await act();
    await this.#going.promise;
    return result;
  }
}

export interface RunningGovernor {
  readonly governor: Governor;
  readonly client: MemoryClient;
  readonly pause: Pause;
  readonly store: GovernorStore;
  readonly told: string[];
}

/** Governors on one broker in memory, on virtual time. */
export class Governors {
  readonly clock = new VirtualClock();
  readonly broker = new MemoryBroker({ clock: this.clock, chance: () => 0.5, latencyMs: 4 });
  /** Reads from outside. */
  readonly store = new MemoryClient(this.broker).governorStore;

  async begin(
    self: string,
    outlook: Outlook = steadyOutlook('psp'),
    { driftMs = 0 } = {},
  ): Promise<RunningGovernor> {
    const client = new MemoryClient(this.broker);
    const pause = new Pause();
    const told: string[] = [];
    const { governorStore: inner } = client;
    const store: GovernorStore = {
      read: (key) => {
        if (key === pause.atRead) pause.begin();
        pause.atRead = key === pause.atRead ? undefined : pause.atRead;
        return pause.around(() => inner.read(key));
      },
      write: (key, value, expected) => pause.around(() => inner.write(key, value, expected)),
      history: (key, limit) => pause.around(() => inner.history(key, limit)),
    };
    const clock = {
      now: () => this.clock.now() + driftMs,
      sleep: (ms: number, signal?: AbortSignal) => pause.around(() => this.clock.sleep(ms, signal)),
    };
    const tell = (_: object, message: string): void => void told.push(message);
    const logger = { debug: tell, info: tell, warn: tell, error: tell, routine: () => {} };
    const elapsed = (): number => this.clock.now() + driftMs;
    const { reports } = client;
    const governor = new Governor({ store, reports, outlook, clock, elapsed, self, logger });
    const starting = governor.start();
    await this.pass(100);
    await starting;
    return { governor, client, pause, store, told };
  }

  /** An instance of a service. */
  newInstance(): MemoryClient {
    return new MemoryClient(this.broker);
  }

  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    this.clock.at(end, () => {}); // time passes to the next timer only
    await this.clock.runUntil(() => this.clock.now() >= end, ms);
  }

  /** Every word on a dependency that was ever stored and is still kept, oldest first. */
  words(dependency = 'psp'): Word[] {
    return this.broker.bucket.history(`word.${dependency}`).map(({ value }) => JSON.parse(value) as Word);
  }

  lease(): { holder: string; epoch: number; released?: boolean } {
    return JSON.parse(this.broker.bucket.last('lease')?.value ?? 'null') as ReturnType<Governors['lease']>;
  }
}
