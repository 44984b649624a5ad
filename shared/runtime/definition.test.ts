import { defineContract, event, personal } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { deadline, on, personalPathsOf, service, told } from './definition.ts';
import { registryOf } from './registry.ts';

const id = z.string();
const name = personal(z.string());
const desk = defineContract({
  service: 'desk',
  entities: { visit: { id: 'id', events: { Came: event(1, { id, guest: z.strictObject({ name }) }) } } },
});
const kitchen = defineContract({
  service: 'kitchen',
  entities: { meal: { id: 'id', events: { Cooked: event(1, { id, wishes: z.array(name) }) } } },
});
const meal = defineDecider(
  kitchen,
  'meal',
  {},
)({
  evolve: { Cooked: () => {} },
  decide: { cook: (_, data: { id: string }) => [kitchen.Cooked({ id: data.id, wishes: [] })] },
});

test('a service keeps out of its log what its own contract marks, and what those of its neighbours do', () => {
  const reactions = [on(desk.Came, 'cook', meal.cook)];
  expect(personalPathsOf(service({ contract: kitchen, deciders: [meal], reactions }))).toEqual([
    'wishes',
    'guest.name',
  ]);
});

const fed = defineContract({
  service: 'kitchen',
  entities: { meal: { id: 'id', events: { Cooked: event(1, { id, wishes: z.array(name) }) } } },
  outsiders: { market: { tells: { Delivered: event(1, { guest: name }) }, hears: [] } },
});

test('all that outsiders may tell is taken, once, and nothing else', () => {
  const take = told(fed.$tells.Delivered, 'cook', ({ id: it }) => meal.cook({ id: it }));
  const other = told(fed.$tells.Delivered, 'cook more', ({ id: it }) => meal.cook({ id: it }));
  const of = (contract: typeof fed, ...all: (typeof take)[]) =>
    service({ contract, deciders: [meal], told: all });
  expect(() => registryOf(of(fed))).toThrow('market may tell Delivered, and nothing takes it');
  expect(() => registryOf(of(fed, take, other))).toThrow('intake.kitchen.Delivered is taken twice');
  expect(() => registryOf(of(kitchen as unknown as typeof fed, take))).toThrow('no outsider of the contract');
  expect(registryOf(of(fed, take)).contract.service).toBe('kitchen');
  expect(personalPathsOf(of(fed, take))).toEqual(['wishes', 'guest']);
});

test('what only the compiler would notice is told too: code runs here that nobody has compiled', () => {
  const missing = undefined as unknown as typeof desk.Came;
  const of = (more: object) => service({ contract: kitchen, deciders: [meal], ...more });
  expect(() => registryOf(of({ reactions: [on(missing, 'cook', meal.cook)] }))).toThrow(
    'RF_SERVICE: The service kitchen cannot be hosted: the reaction "cook" hears an event that no contract has',
  );
  expect(() => registryOf(of({ told: [told(missing, 'cook', meal.cook)] }))).toThrow('no contract has');
  expect(() => registryOf(of({ deadlines: [deadline(missing, 'late', 1, meal.cook)] }))).toThrow(
    'the deadline late follows from an event that no contract has',
  );
  const steps = { buy: async () => ({}), pay: undefined };
  expect(() => registryOf(of({ effects: [{ name: 'supply', steps }] }))).toThrow(
    'the effect supply has no call for its step pay',
  );
});
