import type { Report, Word } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { describe, expect, it } from 'vitest';
import { ToyRun } from './toy-world.fixture.ts';

const share = (retries: number, calls?: number) => ({ retries, ...(calls !== undefined && { calls }) });

/** The toy services under words that the test says, once a second. */
class GovernedRun extends ToyRun {
  readonly #governor = new MemoryClient(this.world.broker);
  readonly reports: Report[] = [];
  #tick = 0;
  #revision = 0;
  word: Pick<Word, 'kind'> & Partial<Word> = { kind: 'open', newcomer: share(100) };

  constructor(seed: number, { speaks = true } = {}) {
    super(seed, { governed: true });
    void this.#governor.reports.subscribe((report) => void this.reports.push(report));
    if (speaks) this.#speak();
  }

  #speak(): void {
    const { clock } = this.world;
    clock.at(clock.now() + 1_000, () => this.#speak());
    const about = { v: 1 as const, dependency: 'world', reason: 'the test says so', since: 1, waiting: 0 };
    const word = { ...about, epoch: 1, tick: ++this.#tick, shares: {}, newcomer: share(0), ...this.word };
    void this.#governor.governorStore
      .write('word.world', JSON.stringify(word), this.#revision)
      .then((revision) => (this.#revision = revision ?? this.#revision));
  }

  held(id: string): { n: number; hold: string; word: string; epoch: number }[] {
    return this.events('worker')
      .filter(({ type, correlation }) => type === 'refrain.Held' && correlation === id)
      .map(({ data }) => data as { n: number; hold: string; word: string; epoch: number });
  }
}

describe('a governed service', () => {
  it('holds first attempts while the word is suppressed, once on record, and calls when it lets go', async () => {
    const run = new GovernedRun(1);
    run.word = { kind: 'suppressed', holdMs: 2_000, newcomer: share(0, 0) };
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.pass(60_000);
    expect(run.calls).toEqual([]);
    expect(run.held('t')).toMatchObject([{ n: 1, hold: 'suppressed', word: 'suppressed', epoch: 1 }]);

    run.word = { kind: 'open', newcomer: share(0) };
    expect(await run.until(() => run.types('worker', 't').includes('Done'), 60_000)).toBe(true);
    expect(run.calls).toHaveLength(1);
    await run.pass(2_000);
    const counts = run.reports.findLast(({ service }) => service === 'worker')?.dependencies['world'];
    // What was only held is a first attempt.
    expect(counts).toMatchObject({ firsts: 1, retries: 0, successes: 1 });
  });

  it('keeps a retry waiting without a share, and says why on each attempt that it held', async () => {
    const run = new GovernedRun(2);
    run.word = { kind: 'open', newcomer: share(0) };
    run.fates.push('broken before', 'broken before');
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.pass(60_000);
    expect(run.calls).toHaveLength(1);
    expect(run.held('t')).toMatchObject([{ n: 2, hold: 'budget', word: 'open' }]);

    run.word = { kind: 'open', newcomer: share(1) };
    expect(await run.until(() => run.types('worker', 't').includes('Done'), 120_000)).toBe(true);
    expect(run.calls).toHaveLength(3);
  });

  it('sends first attempts only while no word ever came', async () => {
    const run = new GovernedRun(3, { speaks: false });
    run.fates.push('broken before');
    run.start('worker');
    void run.place('t');
    void run.place('u');
    await run.pass(60_000);
    expect(run.calls).toHaveLength(2);
    expect(run.held('t').concat(run.held('u'))).toMatchObject([{ n: 2, hold: 'no word', word: 'silent' }]);
  });

  it('lets first attempts pass before retries where both are throttled', async () => {
    const run = new GovernedRun(4);
    run.word = { kind: 'throttled', rate: 1, newcomer: share(0, 0) };
    run.fates.push('broken before');
    run.start('worker');
    await run.pass(3_000);
    run.word = { kind: 'open', newcomer: share(0) };
    await run.pass(1_500);
    void run.place('old'); // fails once, and waits for its retry
    await run.pass(2_000);
    run.word = { kind: 'throttled', rate: 1, newcomer: share(1, 1) };
    for (let i = 0; i < 5; i++) void run.place(`new-${i}`);
    const done = (id: string): boolean => run.types('worker', id).includes('Done');
    await run.until(() => done('old'), 300_000);
    expect([0, 1, 2, 3, 4].filter((i) => done(`new-${i}`)).length).toBeGreaterThanOrEqual(4);
  });

  it('puts the word and its term on record with each failed attempt', async () => {
    const run = new GovernedRun(5);
    run.fates.push('broken before');
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.until(() => run.types('worker', 't').includes('Done'));
    const failed = run.events('worker').find(({ type }) => type === 'refrain.AttemptFailed');
    expect(failed?.data).toMatchObject({ word: 'open', epoch: 1, delayBy: 'rule' });
  });
});
