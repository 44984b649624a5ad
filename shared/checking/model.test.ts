import { defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { on, type ServiceDefinition, service } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkChoreography, type CheckOptions } from './check.ts';
import { DigestTable } from './digest-table.ts';
import { Numbers } from './growing.ts';
import { cycleIn } from './state-cycle.ts';
import { bakeryWith, cake, soundBakery, world } from './toy.fixture.ts';
import type { World } from './world.ts';

const id = z.string();
const quick: CheckOptions = { seconds: 60, states: 100_000, now: () => 0, findings: false };

/** A bell that may be rung; `rings` says what it does when it hears its own ring. */
const bells = defineContract({
  service: 'bells',
  entities: {
    bell: { id: 'id', events: { BellRung: event(1, { id }), BellEchoed: event(1, { id }) } },
    tower: { fixedId: 'main', events: { TowerStruck: event(1, { id }) } },
  },
});

type Ring = { id: string };

const bell = defineDecider(bells, 'bell', { rings: 0, echoes: 0 })({
  evolve: {
    BellRung: (state) => {
      state.rings++;
    },
    BellEchoed: (state) => {
      state.echoes = 1;
    },
  },
  decide: {
    ring: (_, ring: Ring) => [bells.BellRung(ring)],
    ringOnce: ({ rings }, ring: Ring) => (rings === 0 ? [bells.BellRung(ring)] : []),
    echo: (_, ring: Ring) => [bells.BellEchoed(ring)],
  },
});

const tower = defineDecider(bells, 'tower', { struck: [] as string[] })({
  evolve: {
    TowerStruck: (state, ring) => {
      state.struck.push(ring.id);
    },
  },
  decide: {
    strike: (_, ring: Ring) => [bells.TowerStruck(ring)],
    stayStill: () => [],
  },
});

const bellTower = (more: Partial<ServiceDefinition> = {}): ServiceDefinition =>
  service({
    contract: bells,
    deciders: [bell],
    hot: [{ decider: tower, answers: [on(bells.BellRung, 'strike', tower.strike)] }],
    ...more,
  });

const silent = { hot: [{ decider: tower, answers: [] }] };

/** Somebody rings these bells, in any order. */
const ringing = (ids: readonly string[], invariants: World['invariants'] = []): World => ({
  sizes: [
    {
      name: 'bells',
      scenarios: [
        {
          name: ids.join(' and '),
          requests: ids.map((one) => ({
            name: `ring ${one}`,
            service: 'bells',
            command: bell.ringOnce({ id: one }),
          })),
        },
      ],
    },
  ],
  invariants,
});

const tried = async (definition: ServiceDefinition, stories: World, options: Partial<CheckOptions> = {}) =>
  await checkChoreography([{ definition }], stories, { ...quick, ...options });

test('each state is visited once, each order of independent steps is tried', async () => {
  const { bounds } = await tried(bellTower(silent), ringing(['a', 'b', 'c']), { bounds: 1 });
  expect(bounds).toMatchObject([{ states: 8, transitions: 12, depth: 3, ends: 1, exhausted: true }]);
});

test('what must always hold is asked in each state, also where more is to come', async () => {
  const ordered = {
    name: 'a first',
    expected: 'a is rung before b',
    when: 'always' as const,
    broken: (view: Parameters<World['invariants'][number]['broken']>[0]) => {
      const [a, b] = ['a', 'b'].map((one) => (view.state('bells', 'bell', one) as { rings: number }).rings);
      return a === 0 && b === 1 ? 'b is rung, and a is not' : undefined;
    },
  };
  const { counterexample } = await tried(bellTower(silent), ringing(['a', 'b'], [ordered]));
  expect(counterexample?.steps).toEqual([{ step: 'ring b', records: ['BellRung'] }]);
  const atEnd = { ...ordered, when: 'end' as const };
  const later = await tried(bellTower(silent), ringing(['a', 'b'], [atEnd]));
  expect(later.counterexample).toBeUndefined();
});

test('a bound that is larger than the limit of states is not called exhausted', async () => {
  const many = ringing(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  const { bounds, largest } = await tried(bellTower(silent), many, { bounds: 1, states: 100 });
  expect(bounds).toMatchObject([{ exhausted: false }]);
  expect(bounds[0]?.states).toBeLessThan(120);
  expect(largest).toBeUndefined();
});

test('nothing more is tried when time is over', async () => {
  let looks = 0;
  const now = () => (looks++ > 2 ? 1e9 : 0);
  const { bounds, judged } = await tried(bellTower(silent), ringing(['a', 'b']), { now });
  expect(bounds).toMatchObject([{ exhausted: false }]);
  expect(judged).toBe(false);
});

test('a hot entity answers in the order of the log, and others are heard in any order', async () => {
  const orders = new Set<string>();
  const noted = {
    name: 'noted',
    expected: 'every order',
    broken: (view: Parameters<World['invariants'][number]['broken']>[0]) => {
      orders.add((view.state('bells', 'tower', 'main') as { struck: string[] }).struck.join(' '));
      return undefined;
    },
  };
  await tried(bellTower(), ringing(['a', 'b'], [noted]), { bounds: 1 });
  expect([...orders].sort()).toEqual(['a b', 'b a']);
  orders.clear();
  // One commit asks twice: the log has one order for both.
  const both = on(bells.BellRung, 'both', bell.echo);
  const twice = {
    hot: [
      {
        decider: tower,
        answers: [
          on(bells.BellRung, 'first', tower.strike),
          on(bells.BellRung, 'then', (ring) => tower.strike({ id: `${ring.id}2` })),
        ],
      },
    ],
    reactions: [both],
  };
  await tried(bellTower(twice), ringing(['a'], [noted]), { bounds: 1 });
  expect([...orders]).toEqual(['a a2']);
});

test('a hot entity that answers with nothing is found', async () => {
  const mute = { hot: [{ decider: tower, answers: [on(bells.BellRung, 'strike', tower.stayStill)] }] };
  const { counterexample } = await tried(bellTower(mute), ringing(['a']));
  expect(counterexample).toMatchObject({
    invariant: 'answers',
    found: 'stayStill was answered with nothing',
  });
});

test('reactions that lead back to where they began are found, be it that they count or not', async () => {
  const counting = [on(bells.BellRung, 'ring on', bell.ring)];
  const circling = [on(bells.BellRung, 'echo', bell.echo), on(bells.BellEchoed, 'echo the echo', bell.echo)];
  for (const reactions of [counting, circling]) {
    const { counterexample } = await tried(bellTower({ ...silent, reactions }), ringing(['a']));
    expect(counterexample?.invariant).toBe('no cycle without a bound');
    expect(counterexample?.found).toMatch(/after 1000 steps it still goes on: bells bell\/a hears Bell/);
  }
});

test('reactions that lead back only after something that may come or not are found', async () => {
  const circling = [
    on(bells.BellRung, 'echo', (ring) => (ring.id === 'b' ? bell.echo(ring) : bell.ringOnce(ring))),
    on(bells.BellEchoed, 'echo the echo', bell.echo),
  ];
  const stories = ringing(['a']);
  const command = bell.ring({ id: 'b' });
  const requests = [{ name: 'ring b', service: 'bells', command, mayCome: true }];
  const sizes = stories.sizes.map(({ name, scenarios }) => ({
    name,
    scenarios: scenarios.map((one) => ({ ...one, requests: [...one.requests, ...requests] })),
  }));
  const definition = bellTower({ ...silent, reactions: circling });
  const { counterexample } = await tried(definition, { sizes, invariants: [] });
  expect(counterexample?.steps.map(({ step }) => step)).toContain('ring b');
});

test('a way back is found in a graph of states, and a diamond is none', () => {
  const edges = (...all: (readonly [number, number])[]) => {
    const numbers = new Numbers();
    for (const [from, to] of all) numbers.push(from, to, to);
    return numbers;
  };
  expect(cycleIn(edges([0, 1], [0, 2], [1, 3], [2, 3]), 4)).toBeUndefined();
  expect(cycleIn(edges([0, 1], [0, 2], [1, 3], [2, 3], [3, 1]), 4)).toEqual({ state: 3, via: 1 });
  expect(cycleIn(edges([0, 0]), 1)).toEqual({ state: 0, via: 0 });
});

test('what is decided twice where nobody remembers causes is found with the memory off, and only then', async () => {
  const once = {
    name: 'echoed once',
    expected: 'a ring is heard once',
    broken: (view: Parameters<World['invariants'][number]['broken']>[0]) => {
      const { rings } = view.state('bells', 'bell', 'b') as { rings: number };
      return rings <= 1 ? undefined : `${rings} rings of b`;
    },
  };
  const passingOn = [
    on(bells.BellRung, 'pass it on', (ring) => (ring.id === 'a' ? bell.ring({ id: 'b' }) : bell.echo(ring))),
  ];
  const definition = bellTower({ ...silent, reactions: passingOn });
  const remembered = await tried(definition, ringing(['a'], [once]), { bounds: 2 });
  expect(remembered.counterexample).toBeUndefined();
  const { counterexample } = await tried(definition, ringing(['a'], [once]), { bounds: 3 });
  expect(counterexample?.found).toBe('2 rings of b');
  expect(counterexample?.steps.map(({ step }) => step)).toContain(
    'bells bell/b hears BellRung: pass it on (again)',
  );
});

test('what becomes of a cake that is given up: a person is asked, and may say what happened', async () => {
  const statuses = new Set<string>();
  const noted = {
    name: 'noted',
    expected: 'every end',
    broken: (view: Parameters<World['invariants'][number]['broken']>[0]) => {
      const { status } = view.state('bakery', 'cake', 'c1') as { status: string };
      const [{ status: operation, happened } = { status: 'none', happened: false }] = view.operations;
      statuses.add(`${status} ${operation} ${happened}`);
      return undefined;
    },
  };
  await checkChoreography([{ definition: soundBakery() }], { ...world, invariants: [noted] }, quick);
  expect([...statuses].sort()).toEqual([
    'tasted closed true',
    'thrown away closed false',
    'unclear waiting false',
    'unclear waiting true',
  ]);
});

test('a success that comes after giving up and is dropped is found', async () => {
  const dropping = {
    $decider: {
      ...cake.$decider,
      decide: (state: unknown, command: Parameters<typeof cake.$decider.decide>[1]) =>
        command.name === 'recordBaked' && (state as { status: string }).status === 'unclear'
          ? []
          : cake.$decider.decide(state, command),
    },
  };
  const { counterexample } = await checkChoreography(
    [{ definition: bakeryWith({}, { deciders: [dropping] }) }],
    world,
    quick,
  );
  expect(counterexample?.steps.map(({ records }) => records)).toEqual([['CakeOrdered'], ['CakeUnclear'], []]);
  expect(counterexample?.invariant).toBe('success recorded');
});

test('a state is known again by its digest, also after the table has grown', () => {
  const table = new DigestTable();
  const state = (i: number) => Int32Array.from([i, -1, i * 7]);
  for (let i = 0; i < 20_000; i++) expect(table.add(state(i))).toBe(i);
  for (let i = 0; i < 20_000; i++) expect(table.add(state(i))).toBe(~i);
  expect(table.size).toBe(20_000);
});
