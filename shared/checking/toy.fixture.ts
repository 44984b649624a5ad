import { type ContractInfo, defineContract, event, keyed, rejected, transient } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { effect, on, type ServiceDefinition, service } from '@refrain/runtime';
import { z } from 'zod';
import { type CheckReport, checkChoreography } from './check.ts';
import { storedNames } from './stored-names.ts';
import type { CheckedService, World } from './world.ts';

const id = z.string();

/** A bakery bakes what is ordered, and throws away what nobody wants any more. */
export const bakery = defineContract({
  service: 'bakery',
  entities: {
    cake: {
      id: 'id',
      events: {
        CakeOrdered: event(1, { id, candles: z.array(z.string()) }),
        CakeBaked: event(
          2,
          { id, oven: z.string() },
          { 1: (v1: { id: string }) => ({ ...v1, oven: 'old' }) },
        ),
        CakeBurnt: event(1, { id }),
        CakeUnclear: event(1, { id }),
        CakeThrownAway: event(1, { id }),
        CakeTasted: event(1, { id }),
      },
    },
  },
  undoneBy: { CakeBaked: 'CakeThrownAway' },
  waits: ['CakeUnclear'],
  effects: {
    bake: {
      after: 'CakeOrdered',
      dependency: 'oven',
      steps: ['bake'],
      timeoutMs: 1_000,
      repeat: keyed({ horizonMs: 1_000_000 }),
      retry: { attempts: 3, firstDelayMs: 1, maxDelayMs: 10 },
      failures: {
        burnt: rejected({ records: 'CakeBurnt' }),
        oven_error: transient({ happened: 'unknown', givingUp: 'CakeUnclear' }),
      },
    },
  },
});

interface Cake {
  status: 'none' | 'ordered' | 'baked' | 'burnt' | 'unclear' | 'thrown away' | 'tasted';
}

const initialState: Cake = { status: 'none' };

export const cake = defineDecider(
  bakery,
  'cake',
  initialState,
)({
  evolve: {
    CakeOrdered: (state) => {
      state.status = 'ordered';
    },
    CakeBaked: (state) => {
      state.status = 'baked';
    },
    CakeBurnt: (state) => {
      state.status = 'burnt';
    },
    CakeUnclear: (state) => {
      state.status = 'unclear';
    },
    CakeThrownAway: (state) => {
      state.status = 'thrown away';
    },
    CakeTasted: (state) => {
      state.status = 'tasted';
    },
  },
  decide: {
    order: ({ status }, { id: cakeId, candles }: { id: string; candles: string[] }) =>
      status === 'none' ? [bakery.CakeOrdered({ id: cakeId, candles })] : [],
    recordBaked: ({ status }, { id: cakeId }: { id: string }) =>
      status === 'ordered' || status === 'unclear' ? [bakery.CakeBaked({ id: cakeId, oven: 'new' })] : [],
    taste: ({ status }, { id: cakeId }: { id: string }) =>
      status === 'baked' ? [bakery.CakeTasted({ id: cakeId })] : [],
    throwAway: ({ status }, { id: cakeId }: { id: string }) =>
      status === 'none' || status === 'thrown away' ? [] : [bakery.CakeThrownAway({ id: cakeId })],
  },
});

const reactions = [
  on(bakery.CakeBaked, 'taste it', cake.taste),
  on(bakery.CakeBurnt, 'throw it away', cake.throwAway),
];

const calls = [
  effect(bakery, 'bake', {
    bake: async ({ id: cakeId }) => cake.recordBaked({ id: cakeId }),
    classify: () => undefined,
  }),
];

/** A bakery in which nothing is to be found. */
export const soundBakery = (): ServiceDefinition =>
  service({ contract: bakery, deciders: [cake], reactions, effects: calls });

/** The bakery with another description of itself: what `defineContract` refuses can be planted so. */
export function bakeryWith(
  change: Partial<ContractInfo>,
  more: Partial<ServiceDefinition> = {},
): ServiceDefinition {
  const sound = soundBakery();
  const contract = { ...bakery, $contract: { ...bakery.$contract, ...change } };
  const effects = sound.effects.map((one) => ({
    ...one,
    rule: contract.$contract.effects[one.name] ?? one.rule,
  }));
  return { ...sound, contract, effects, ...more };
}

export const samples: NonNullable<CheckedService['samples']> = {
  'CakeOrdered.1': { id: 'c', candles: [] },
  'CakeBaked.1': { id: 'c' },
  'CakeBaked.2': { id: 'c', oven: 'new' },
  'CakeBurnt.1': { id: 'c' },
  'CakeUnclear.1': { id: 'c' },
  'CakeThrownAway.1': { id: 'c' },
  'CakeTasted.1': { id: 'c' },
};

const order = cake.order({ id: 'c1', candles: ['red'] });

/** Somebody orders a cake; at the end it is eaten or thrown away, or a person is asked. */
export const world: World = {
  sizes: [
    {
      name: 'one cake',
      scenarios: [
        {
          name: 'a cake with one candle',
          requests: [{ name: 'somebody orders a cake', service: 'bakery', command: order }],
        },
      ],
    },
  ],
  invariants: [
    {
      name: 'eaten',
      expected: 'the cake is eaten or thrown away, or a person is asked',
      broken: (view) => {
        const { status } = view.state('bakery', 'cake', 'c1') as Cake;
        return ['tasted', 'thrown away', 'unclear'].includes(status) ? undefined : `the cake is ${status}`;
      },
    },
  ],
};

/** Checks a bakery, with its samples and with the names of the sound one. */
export async function checked(
  definition: ServiceDefinition,
  other: Partial<CheckedService> = {},
  stories = world,
): Promise<CheckReport> {
  const subject = { definition, samples, names: storedNames(soundBakery()), ...other };
  return await checkChoreography([subject], stories, { seconds: 60, states: 100_000, now: () => 0 });
}
