import { defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { deadline, on, service } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Rule } from './finding.ts';
import { storedNames } from './stored-names.ts';
import { bakery, bakeryWith, cake, checked, samples, soundBakery } from './toy.fixture.ts';
import type { CheckedService } from './world.ts';

const { events, effects } = bakery.$contract;
const bake = effects['bake'] ?? expect.fail('the bakery bakes');
const names = storedNames(soundBakery());

/** The rules and places of what is found. */
async function found(...args: Parameters<typeof checked>): Promise<string[]> {
  const { findings } = await checked(...args);
  for (const { what, why, todo } of findings) expect([what, why, todo].every(Boolean)).toBe(true);
  return findings.map(({ rule, where }) => `${rule} | ${where}`);
}

test('in a sound choreography nothing is found', async () => {
  const report = await checked(soundBakery());
  expect(report).toMatchObject({ findings: [], counterexample: undefined, judged: true });
  expect(report.bounds.every(({ exhausted }) => exhausted)).toBe(true);
});

const elsewhere = defineContract({
  service: 'florist',
  entities: { bunch: { id: 'id', events: { BunchTied: event(1, { id: z.string() }) } } },
});

const { reactions } = soundBakery();
const dropping = (name: string) => reactions.filter((reaction) => reaction.name !== name);

/** The bakery, whose decider answers one command with more. */
const deciding = (name: string, more: (data: never) => ReturnType<(typeof cake)['$decider']['decide']>) => ({
  deciders: [
    {
      $decider: {
        ...cake.$decider,
        decide: (state: unknown, command: Parameters<(typeof cake)['$decider']['decide']>[1]) =>
          command.name === name ? more(command.data as never) : cake.$decider.decide(state, command),
      },
    },
  ],
});

const planted: readonly [Rule, string, Parameters<typeof checked>[0], Partial<CheckedService>?][] = [
  [
    'nobody records it',
    'bakery: florist.BunchTied "add flowers"',
    bakeryWith({}, { reactions: [...reactions, on(elsewhere.BunchTied, 'add flowers', cake.taste)] }),
    { names: [...names, 'florist.BunchTied: add flowers'] },
  ],
  [
    'nobody records it',
    'bakery.CakeTasted',
    bakeryWith(
      {},
      deciding('taste', () => []),
    ),
  ],
  [
    'nobody takes it',
    'bakery.FlourCame',
    bakeryWith({ outsiders: { mill: { tells: { FlourCame: event(1, {}) }, hears: [] } } }),
  ],
  ['nobody hears it', 'bakery.CakeBurnt', bakeryWith({}, { reactions: dropping('throw it away') })],
  ['no undo', 'bakery.bake', bakeryWith({ undoneBy: {} })],
  ['unknown leads nowhere', 'bakery.bake', bakeryWith({ waits: [] })],
  [
    'deadline nobody sets',
    'bakery: deadline "eat it"',
    bakeryWith(
      {},
      {
        ...deciding('taste', () => []),
        deadlines: [deadline(bakery.CakeTasted, 'eat it', 1_000, cake.throwAway)],
      },
    ),
  ],
  [
    'version without upcast',
    'bakery.CakeBaked',
    bakeryWith({ events: { ...events, CakeBaked: { ...events['CakeBaked'], upcasts: {} } as never } }),
  ],
  ['version without sample', 'bakery.CakeBaked.1', soundBakery(), { samples: without('CakeBaked.1') }],
  [
    'version without sample',
    'bakery.CakeBaked.2',
    soundBakery(),
    { samples: { ...samples, 'CakeBaked.2': { id: 'c' } } },
  ],
  [
    'version without sample',
    'bakery.CakeIced.1',
    soundBakery(),
    { samples: { ...samples, 'CakeIced.1': { id: 'c' } } },
  ],
  [
    'name was lost',
    'bakery: bakery.CakeBaked: taste it',
    bakeryWith(
      {},
      { reactions: reactions.map((r) => (r.name === 'taste it' ? { ...r, name: 'eat it' } : r)) },
    ),
    { names: [...names, 'bakery.CakeBaked: eat it'] },
  ],
  ['name is not kept', 'bakery: effect bake after CakeOrdered', soundBakery(), { names: names.slice(0, 2) }],
];

function without(name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(samples).filter(([key]) => key !== name));
}

test.each(planted)('%s: %s', async (rule, where, definition, other = {}) => {
  expect(await found(definition, other)).toContain(`${rule} | ${where}`);
});

test('an event that changes nothing and that nobody hears is found', async () => {
  const heedless = {
    $decider: {
      ...cake.$decider,
      evolve: (state: unknown, one: { type: string }) =>
        one.type === 'CakeTasted' ? state : cake.$decider.evolve(state, one as never),
    },
  };
  expect(await found(bakeryWith({}, { deciders: [heedless] }))).toEqual([
    'nobody hears it | bakery.CakeTasted',
  ]);
});

test('an effect that is marked retriable, or whose success is a pivot, needs no undo', async () => {
  const retriable = { effects: { bake: { ...bake, retriable: true as const } }, undoneBy: {} };
  expect(await found(bakeryWith(retriable))).toEqual([]);
  expect(await found(bakeryWith({ undoneBy: {}, pivots: ['CakeBaked'] }))).toEqual([]);
});

test('one event for each candle is an unlimited fan-out, unless the list is bounded', async () => {
  const party = (candles: z.ZodType<string[]>) => {
    const contract = defineContract({
      service: 'party',
      entities: {
        feast: { id: 'id', events: { FeastBegun: event(1, { id: z.string(), candles }) } },
        light: { id: 'id', events: { CandleLit: event(1, { id: z.string(), candle: z.string() }) } },
      },
    });
    const initial: { lit: number } = { lit: 0 };
    const feast = defineDecider(
      contract,
      'feast',
      initial,
    )({
      evolve: { FeastBegun: (state) => ({ ...state, lit: 1 }) },
      decide: {
        begin: (_, data: { id: string; candles: string[] }) => [contract.FeastBegun(data)],
      },
    });
    const light = defineDecider(
      contract,
      'light',
      initial,
    )({
      evolve: { CandleLit: (state) => ({ ...state, lit: state.lit + 1 }) },
      decide: {
        light: (_, data: { id: string; candles: string[] }) =>
          data.candles.map((candle) => contract.CandleLit({ id: data.id, candle })),
      },
    });
    const lit = [on(contract.FeastBegun, 'light the candles', light.light as never)];
    const begin = feast.begin({ id: 'f', candles: ['red', 'blue'] });
    const scenarios = [{ name: 'a feast', requests: [{ name: 'begin', service: 'party', command: begin }] }];
    const stories = { sizes: [{ name: 'one', scenarios }], invariants: [] };
    const definition = service({ contract, deciders: [feast, light], reactions: lit });
    return found(definition, { samples: {}, names: storedNames(definition) }, stories);
  };
  const fanOut = 'unlimited fan-out | party: party.FeastBegun "light the candles"';
  expect(await party(z.array(z.string()))).toContain(fanOut);
  expect(await party(z.array(z.string()).max(50))).not.toContain(fanOut);
});
