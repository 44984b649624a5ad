import { defineContract, event, personal } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { on, personalPathsOf, service } from './definition.ts';

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
