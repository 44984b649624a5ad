import { cause, defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { newCommit, type RecordedEvent } from '@refrain/event-log';
import { on, service, silentLog } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ToyRun } from './toy-world.fixture.ts';
import { type Instance, World } from './world.ts';

const id = z.string();
const tally = defineContract({
  service: 'tally',
  entities: {
    book: { id: 'id', events: { Noted: event(1, { id, n: z.int() }) } },
    pool: { fixedId: 'main', events: { Counted: event(1, { id }) } },
  },
});
const book = defineDecider(tally, 'book', { sum: 0 })({
  evolve: { Noted: (state, { n }) => void (state.sum += n) },
  decide: { note: (_, noted: { id: string; n: number }) => [tally.Noted(noted)] },
});
const pool = defineDecider(tally, 'pool', { total: 0 })({
  evolve: { Counted: (state) => void state.total++ },
  decide: { count: (_, noted: { id: string }) => [tally.Counted({ id: noted.id })] },
});
const tallyService = service({
  contract: tally,
  deciders: [book],
  hot: [{ decider: pool, answers: [on(tally.Noted, 'count', pool.count)] }],
});
const snapshots = { codeHash: 'one', everyMs: 100, restMs: 0, entityAfter: 10, logAfter: 10 };

/** A service with one long entity and a hot one, in a world of its own. */
class Run {
  readonly told: string[] = [];
  readonly #tell = (fields: object, message: string): void => {
    const { snapshot } = fields as { snapshot?: string };
    this.told.push(snapshot === undefined ? message : `${message}: ${snapshot}`);
  };
  readonly world = new World({ seed: 3, logger: { ...silentLog, info: this.#tell, warn: this.#tell } });
  #n = 0;

  constructor() {
    this.world.declare([tallyService]);
  }
  async start(name: string, more: Partial<typeof snapshots> = {}): Promise<Instance> {
    const instance = this.world.start(name, () => tallyService, { snapshots: { ...snapshots, ...more } });
    await this.world.clock.runUntil(() => false, 1_000);
    return instance;
  }
  async note(from: Instance, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const origin = { cause: cause.request('t', String(this.#n)), correlation: 'a' };
      const done = from.host.execute(book.note({ id: 'a', n: ++this.#n }), origin);
      await this.world.clock.runUntil(() => false, 40);
      await done;
    }
    await this.world.clock.runUntil(() => false, 3_000);
  }
  async stateOf(from: Instance, entityType: string, entityId: string): Promise<unknown> {
    let found: unknown;
    void from.host.stateOf(entityType, entityId).then((state) => (found = state));
    await this.world.clock.runUntil(() => found !== undefined, 5_000);
    return found;
  }
  async states(from: Instance): Promise<unknown[]> {
    return [await this.stateOf(from, 'book', 'a'), await this.stateOf(from, 'pool', 'main')];
  }
  /** What was said of snapshots since the last time. */
  said(): string[] {
    const said = this.told.filter((text) => text.includes('snapshot'));
    this.told.length = 0;
    return [...new Set(said)].sort();
  }
}

it('begins at its snapshots, and without them it knows the same', async () => {
  const run = new Run();
  const first = await run.start('tally-1');
  await run.note(first, 300);
  const known = await run.states(first);
  expect(known).toMatchObject([{ state: { sum: 45_150 } }, { state: { total: 300 } }]);
  const kept = ['entity.book.a', 'entity.pool.main', 'own-log'];
  expect(run.said().filter((text) => text.startsWith('kept'))).toEqual(
    kept.map((name) => `kept a snapshot: ${name}`),
  );
  first.kill();

  const second = await run.start('tally-2');
  expect(await run.states(second)).toEqual(known);
  expect(run.said().filter((text) => text.startsWith('begins'))).toEqual(
    kept.map((name) => `begins at a snapshot: ${name}`),
  );
  // The requests of before are known, the next one is decided on the whole history.
  await run.note(second, 1);
  expect(await run.stateOf(second, 'pool', 'main')).toMatchObject({ state: { total: 301 } });
  const after = await run.states(second);
  second.kill();

  run.world.broker.loseSnapshots('tally');
  run.said();
  const third = await run.start('tally-3', { everyMs: 100_000 });
  expect(await run.states(third)).toEqual(after);
  expect(run.said().filter((text) => text.startsWith('begins'))).toEqual([]);
});

it('another code, or a part that is gone, and there is no snapshot', async () => {
  const run = new Run();
  const first = await run.start('tally-1');
  await run.note(first, 300);
  const known = await run.states(first);
  first.kill();
  const bucket = run.world.broker.snapshotsOf('tally');
  const keyOf = (name: string, slot: number): string => `part.${name}.${slot}.0`;
  for (const name of ['entity.pool.main', 'entity.book.a'])
    for (const slot of [0, 1]) {
      const { revision = 0 } = bucket.last(keyOf(name, slot)) ?? {};
      if (revision > 0)
        bucket.write({ key: keyOf(name, slot), value: '{}', expected: revision, id: name + slot });
    }
  run.said();
  const second = await run.start('tally-2', { everyMs: 100_000 });
  expect(await run.states(second)).toEqual(known);
  expect(run.said()).toEqual(['begins at a snapshot: own-log']);
  second.kill();
  const third = await run.start('tally-3', { codeHash: 'two', everyMs: 100_000 });
  expect(await run.states(third)).toEqual(known);
  expect(run.said()).toEqual([]);
});

it('two builds that run side by side keep one each, and a third takes the place of the older', async () => {
  const run = new Run();
  const [old, next] = [await run.start('tally-1'), await run.start('tally-2', { codeHash: 'two' })];
  for (let i = 0; i < 4; i++) {
    await run.note(old, 12);
    await run.note(next, 12);
  }
  for (const instance of [old, next]) instance.kill();
  const begins = async (name: string, codeHash: string): Promise<string[]> => {
    run.said();
    const instance = await run.start(name, { codeHash, everyMs: 100_000 });
    await run.states(instance);
    instance.kill();
    return run.said().filter((text) => text.startsWith('begins'));
  };
  const own = ['begins at a snapshot: entity.pool.main', 'begins at a snapshot: own-log'];
  expect(await begins('tally-3', 'one')).toEqual(own);
  expect(await begins('tally-4', 'two')).toEqual(own);
  const third = await run.start('tally-5', { codeHash: 'three' });
  await run.note(third, 12);
  third.kill();
  expect(await begins('tally-6', 'three')).toEqual(own);
  expect((await Promise.all([begins('tally-7', 'one'), begins('tally-8', 'two')])).flat()).toEqual(own);
});

it('a log that lost its tail and went on, or did not yet, discards what was kept behind it', async () => {
  for (const goesOn of [false, true]) {
    const run = new Run();
    const first = await run.start('tally-1');
    await run.note(first, 300);
    first.kill();
    const lost = 400;
    run.world.broker.truncate('tally', lost);
    const last = run.world.broker.commitsOfSubject('tally', 'events.tally.50.book.a').at(-1)?.seq;
    const events = (i: number): RecordedEvent[] => [
      {
        id: `x${i}`,
        type: 'Noted',
        version: 1,
        cause: `c${i}`,
        reaction: 'r',
        correlation: 'b',
        data: { id: 'b', n: 1 },
      },
    ];
    for (let i = 0, expected = 0; i < (goesOn ? 250 : 0); i++) {
      const entity = { service: 'tally', entityType: 'book', entityId: 'b' };
      run.world.broker.publish(newCommit({ entity, expected, events: events(i) }));
      expected = run.world.broker.commitsOf('tally').length;
    }
    run.said();
    const second = await run.start('tally-2', { everyMs: 100_000 });
    const [found] = (await run.states(second)) as { state: { sum: number }; seq: number }[];
    expect(found?.seq).toBeLessThanOrEqual(lost);
    expect(last ?? found?.seq).toBe(found?.seq);
    expect(run.told.filter((text) => /foreign/.test(text)).length).toBeGreaterThan(1);
  }
});

it('killed at any time while it works, with snapshots all the time, it does as the log says', {
  timeout: 20_000,
}, async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const run = new ToyRun(seed, { lostAcks: 0.05, staleReads: 0.2 });
    const often = { snapshots: { codeHash: 'x', everyMs: 300, restMs: 0, entityAfter: 1, logAfter: 1 } };
    const start = (): Instance => run.start('worker', 60_000, often);
    for (let kills = 0; kills < 6; kills++) {
      const worker = start();
      void run.place(`a${kills}`);
      run.fates.push('broken before', 'broken after');
      await run.pass(run.world.chance() * 2_000);
      worker.kill();
    }
    const worker = start();
    const counted = (): number => run.types('worker').filter((type) => type === 'Counted').length;
    expect(await run.until(() => run.done.size === 6 && counted() === 6)).toBe(true);
    await run.pass(10_000);
    expect([run.done.size, counted()]).toEqual([6, 6]);
    worker.kill();
    const open: unknown[] = [];
    for (const loses of [false, true]) {
      if (loses) run.world.broker.loseSnapshots('worker');
      const fresh = start();
      void fresh.host.desk.operations().then(({ items }) => open.push(items));
      await run.until(() => open.length === (loses ? 2 : 1), 10_000);
      fresh.kill();
    }
    expect(open[0]).toEqual(open[1]);
  }
});
