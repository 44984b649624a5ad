import type { Word } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { describe, expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'the test says so' };
const free = { kind: 'open', newcomer: { retries: 100 } } as const;
const shut = { kind: 'suppressed', holdMs: 2_000, newcomer: { retries: 0, calls: 0 } } as const;

/** The toy services under words that the test says, once a second, on both dependencies. */
class GovernedRun extends ToyRun {
  readonly #store = new MemoryClient(this.world.broker).governorStore;
  #tick = 0;
  readonly words: Record<'world' | 'post', Pick<Word, 'kind'> & Partial<Word>> = { world: free, post: free };

  constructor(seed: number) {
    super(seed, { governed: true });
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

describe('what the governor lets go', () => {
  it('is called within minutes, also where a person had meant to hold it for a day', async () => {
    const run = new GovernedRun(1);
    const pin = { ...said, kind: 'suppressed', at: 1 } as const;
    run.words.world = { ...shut, pin, holdMs: 86_400_000 };
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.pass(10_000);
    expect(run.calls).toEqual([]);
    run.words.world = free; // released after ten seconds
    expect(await run.until(() => run.has('Done'), 600_000)).toBe(true);
  });

  it('is called within a minute and a half, also where its alarm was lost', async () => {
    const run = new GovernedRun(2);
    run.words.world = shut;
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.until(() => run.has('refrain.Held'), 20_000);
    await run.pass(1_000);
    run.words.world = free;
    run.world.broker.schedules.purge();
    // At most the hold, 30 s overdue and two sweeps.
    expect(await run.until(() => run.has('Done'), 90_000)).toBe(true);
  });
});

describe('a rate that many wait for', () => {
  it('is used, call by call: the head of the line is not told the time of those behind it', async () => {
    const run = new GovernedRun(4);
    const newcomer = { calls: 8, phase: 0.5, retries: 0 };
    run.words.world = { kind: 'throttled', rate: 8, waiting: 100, newcomer };
    run.start('worker');
    await run.pass(3_000);
    for (let i = 0; i < 30; i++) void run.place(`t${i}`);
    await run.until(() => run.calls.length > 0);
    await run.pass(2_000);
    expect(run.calls.length).toBeGreaterThanOrEqual(15); // of 17
  });
});

describe('while an operation waits for leave', () => {
  it('a cancellation that is on record before the start mark keeps the letter from being sent', async () => {
    const run = new GovernedRun(3);
    // One call a second, none for us until the word changes: it waits in the room for a moment.
    run.words.post = { kind: 'throttled', rate: 1, newcomer: { calls: 0, retries: 0 } };
    const { host } = run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.until(() => run.has('Done'), 20_000);
    await run.pass(200);
    const { operation = '' } = run.events('worker').find(({ type }) => type === 'Done') ?? {};
    void host.desk.cancel(operation, said);
    await run.until(() => run.has('refrain.CancelRequested'), 5_000);
    expect(run.has('refrain.AttemptStarted')).toBe(false);
    run.words.post = free;
    await run.pass(60_000);
    expect(run.types('worker').filter((type) => type === 'refrain.AttemptStarted')).toEqual([]);
    expect(run.told).toEqual([]);
  });
});
