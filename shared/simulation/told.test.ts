import { defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { nameOf, type RecordedEvent } from '@refrain/event-log';
import { service, told } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, World } from './world.ts';

const shelf = defineContract({
  service: 'shelf',
  entities: { crate: { id: 'id', events: { CrateTaken: event(1, { id: z.string(), pieces: z.int() }) } } },
  outsiders: {
    gate: {
      tells: {
        Arrived: event(
          2,
          { pieces: z.int().positive() },
          { 1: (old: { dozens: number }) => ({ pieces: 12 * old.dozens }) },
        ),
      },
      hears: ['crate'],
    },
    other: { tells: { Left: event(1, {}) }, hears: [] },
  },
});

let isPlanted = false;
const crate = defineDecider(shelf, 'crate', { taken: 0 })({
  evolve: {
    CrateTaken: (state, { pieces }) => {
      state.taken += pieces;
    },
  },
  decide: {
    take: (_, crated: { id: string; pieces: number }) => {
      if (isPlanted && crated.pieces === 13) throw new Error('nobody can decide this');
      return [shelf.CrateTaken(crated)]; // it knows nothing of repeats
    },
  },
});
const takes = [
  told(shelf.$tells.Arrived, 'take it', ({ id, data }) => crate.take({ id, ...data })),
  told(shelf.$tells.Left, 'forget it', ({ id }) => crate.take({ id, pieces: 0 })),
];
const define = () => service({ contract: shelf, deciders: [crate], told: takes });

const arrived = (id: string, data: unknown, more: object = {}): string =>
  JSON.stringify({ specversion: '1.0', source: '/gate', id, type: 'Arrived', dataversion: 2, data, ...more });

/** A shelf whose gate tells it what arrives. */
class Shelf {
  readonly world: World;
  instance: Instance;

  constructor(options: {
    seed: number;
    lostSettlements?: number;
    doubledDeliveries?: number;
    duplicateWindowMs?: number;
  }) {
    isPlanted = false;
    this.world = new World(options);
    this.world.declare([define()]);
    this.instance = this.start();
  }

  start(name = 'shelf-1'): Instance {
    this.instance = this.world.start(name, define);
    return this.instance;
  }

  tell(text: string, outsider = 'gate'): void {
    this.world.broker.tell('shelf', outsider, text);
  }

  /** Until the intake is empty, and nothing is out. */
  settled(ms = 120_000): Promise<boolean> {
    return this.world.clock.runUntil(() => this.world.broker.isQuiet(), ms);
  }

  async does<T>(ask: () => Promise<T>): Promise<T> {
    let answer: { value: T } | undefined;
    void ask().then((value) => (answer = { value }));
    await this.world.clock.runUntil(() => answer !== undefined, 60_000);
    return (answer as { value: T }).value;
  }

  events(): (RecordedEvent & { entity: string })[] {
    return this.world.broker
      .commitsOf('shelf')
      .flatMap((c) => c.body().events.map((e) => ({ ...e, entity: nameOf(c.entity) })));
  }
}

test('what an outsider tells is decided once, whatever is told again, delivered again or not heard', async () => {
  const run = new Shelf({ seed: 1, lostSettlements: 0.3, doubledDeliveries: 0.3, duplicateWindowMs: 0 });
  for (let i = 0; i < 10; i++)
    for (let again = 0; again < 3; again++) run.tell(arrived(`n${i}`, { pieces: i + 1 }));
  expect(await run.settled(1_000_000)).toBe(true);
  const events = run.events();
  expect(events.map(({ cause }) => cause).sort()).toEqual(
    Array.from({ length: 10 }, (_, i) => `told:gate:/gate:n${i}`),
  );
  expect(new Set(events.map(({ entity }) => entity)).size).toBe(10);
});

test('the same id of another source is another message, and of another outsider too', async () => {
  const run = new Shelf({ seed: 2 });
  run.tell(arrived('n', { pieces: 1 }));
  run.tell(arrived('n', { pieces: 2 }, { source: '/back' }));
  run.tell(arrived('n', {}, { type: 'Left', dataversion: 1 }), 'other');
  await run.settled();
  expect(new Set(run.events().map(({ entity }) => entity)).size).toBe(3);
});

test('an older version is upcast, and the flow is the id that the platform gave it', async () => {
  const run = new Shelf({ seed: 3 });
  run.tell(arrived('n', { dozens: 2 }, { dataversion: 1 }));
  await run.settled();
  const [taken] = run.events();
  expect(taken).toMatchObject({ type: 'CrateTaken', reaction: 'take it', data: { pieces: 24 } });
  expect(taken?.entity).toBe(`crate/${taken?.correlation}`);
});

test('a process that dies at any point of it decides it once', async () => {
  for (let calls = 0; calls < 12; calls++) {
    const run = new Shelf({ seed: 40 + calls });
    let left = calls;
    run.world.onPoint = (_, process) => {
      if (left-- === 0) {
        process.kill();
        run.world.clock.at(run.world.clock.now() + 100, () => void run.start('shelf-2'));
      }
    };
    run.tell(arrived('n', { pieces: 5 }));
    expect(await run.settled()).toBe(true);
    expect(run.events().map(({ type }) => type)).toEqual(['CrateTaken']);
  }
});

test.each([
  ['no JSON', 'mail for you', 'it is no JSON'],
  ['no CloudEvent', '{"pieces":1}', 'it is no CloudEvent 1.0'],
  ['no id', arrived('', { pieces: 1 }), 'expected 1 to 255 visible ASCII characters'],
  [
    'what another outsider may tell',
    arrived('n', {}, { type: 'Left' }),
    'gate may not tell "Left", expected one of Arrived',
  ],
  [
    'a version that is not there yet',
    arrived('n', { pieces: 1 }, { dataversion: 3 }),
    'the dataversion 3, the contract knows 2',
  ],
  ['data that does not fit', arrived('n', { pieces: -1 }), 'RF_EVENT_INVALID: Arrived version 2'],
])(
  'what is wrong is a dead letter with the reason, once, and the next one is taken: %s',
  async (_, text, reason) => {
    const run = new Shelf({ seed: 5, doubledDeliveries: 0.5 });
    for (const one of [text, arrived('good', { pieces: 1 })]) run.tell(one);
    await run.settled();
    const { items } = await run.does(() => run.instance.host.desk.deadLetters());
    expect(items).toMatchObject([{ entity: 'intake/gate' }]);
    expect(items[0]?.error).toContain(reason);
    expect(
      run
        .events()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['CrateTaken', 'refrain.Defect']);
  },
);

test('a decision that throws lies with its entity, and driven again it is decided under the same id', async () => {
  const run = new Shelf({ seed: 6 });
  isPlanted = true;
  run.tell(arrived('n', { pieces: 13 }));
  await run.settled();
  const { desk } = run.instance.host;
  const { items } = await run.does(() => desk.deadLetters());
  expect(items[0]?.entity).toMatch(/^crate\//);
  isPlanted = false;
  const said = { by: 'ada', host: 'here', why: 'mended' };
  expect(await run.does(() => desk.redrive({ ...said, all: true }))).toMatchObject({
    succeeded: 1,
    failed: 0,
  });
  run.tell(arrived('n', { pieces: 13 }));
  await run.settled();
  const taken = run.events().filter(({ type }) => type === 'CrateTaken');
  expect(taken).toMatchObject([{ entity: items[0]?.entity, cause: 'told:gate:/gate:n' }]);
});

test('a flood of bad messages stops at its bound: good ones go on, also of others', {
  timeout: 60_000,
}, async () => {
  const run = new Shelf({ seed: 7 });
  for (let i = 0; i < 1_100; i++) run.tell(arrived(`bad${i}`, { pieces: -1 }));
  run.tell(arrived('good', { pieces: 1 }));
  run.tell(arrived('n', {}, { type: 'Left', dataversion: 1 }), 'other');
  const types = (): string[] => run.world.broker.commitsOf('shelf').flatMap((commit) => commit.types);
  const count = (type: string): number => types().filter((one) => one === type).length;
  const { clock } = run.world;
  const end = clock.now() + 90_000; // what is held has come again, twice
  await clock.runUntil(() => clock.now() >= end, 100_000);
  expect(count('CrateTaken.1')).toBe(2);
  // Those that were under way together are recorded besides.
  expect(count('refrain.Defect.1')).toBeGreaterThanOrEqual(1_000);
  expect(count('refrain.Defect.1')).toBeLessThan(1_032);
});
