import type { Word } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { ToyRun } from './toy-world.fixture.ts';

/** Everything goes. */
export const free = { kind: 'open', newcomer: { retries: 100 } } as const;

/** The toy services under words that the test says, once a second, on both dependencies. */
export class GovernedRun extends ToyRun {
  readonly #store = new MemoryClient(this.world.broker).governorStore;
  #tick = 0;
  readonly words: Record<'world' | 'post', Pick<Word, 'kind'> & Partial<Word>> = { world: free, post: free };

  constructor(seed: number, faults: ConstructorParameters<typeof ToyRun>[1] = {}) {
    super(seed, { ...faults, governed: true });
    this.#speak();
  }

  #speak(): void {
    const { clock } = this.world;
    clock.at(clock.now() + 1_000, () => this.#speak());
    this.#tick++;
    for (const [dependency, word] of Object.entries(this.words)) void this.#say(dependency, word);
  }

  async #say(dependency: string, more: Partial<Word>): Promise<void> {
    const about = { v: 1 as const, dependency, reason: 'the test says so', since: 1, waiting: 0 };
    const word = { ...about, epoch: 1, tick: this.#tick, shares: {}, ...more };
    const key = `word.${dependency}`;
    await this.#store.write(key, JSON.stringify(word), (await this.#store.read(key))?.revision ?? 0);
  }
}
