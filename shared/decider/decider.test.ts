import { defineContract, event } from '@refrain/contract-kit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineDecider } from './decider.ts';

const id = z.string();
const till = defineContract({
  service: 'till',
  entities: {
    sale: { id: 'id', events: { Sold: event(1, { id }) } },
    drawer: { fixedId: 'main', events: { Filled: event(1, { id }) } },
  },
});
const sale = defineDecider(till, 'sale', { sold: false })({
  evolve: {
    Sold: (state) => {
      state.sold = true;
    },
  },
  decide: { sell: (state, data: { id: string }) => (state.sold ? [] : [till.Sold({ id: data.id })]) },
});
const drawer = defineDecider(
  till,
  'drawer',
  {},
)({
  evolve: { Filled: () => {} },
  decide: { put: (_, data: { id: string }) => [till.Filled({ id: data.id })] },
});

test('a command is addressed by the id in its data, one of a hot entity by its fixed id', () => {
  expect(sale.sell({ id: 'a' })).toMatchObject({ entityType: 'sale', entityId: 'a' });
  expect(drawer.put({ id: 'a' })).toMatchObject({ entityType: 'drawer', entityId: 'main' });
});

test('an event has its effect on the state, and nothing to add is no event', () => {
  const { $decider } = sale;
  const sold = $decider.evolve($decider.initialState, till.Sold({ id: 'a' }));
  expect(sold).toEqual({ sold: true });
  expect($decider.decide(sold, sale.sell({ id: 'a' }))).toEqual([]);
});

test.each(['refund', 'toString', ''])(
  'the command "%s", which nobody declared, is a mistake and not "nothing to add"',
  (name) => {
    const { $decider } = sale;
    const unknown = { ...sale.sell({ id: 'a' }), name };
    expect(() => $decider.decide($decider.initialState, unknown)).toThrow(`sale has no command "${name}"`);
  },
);

test.each([{}, { id: undefined }, { id: 7 }, null])('data without the id (%o) address nobody', (data) => {
  expect(() => sale.sell(data as never)).toThrow('A command of sale has no id');
});

test('an event without its line is refused', () => {
  expect(() => defineDecider(till, 'sale', {})({ evolve: {} as never, decide: {} })).toThrow(
    /RF_DECIDER: .*evolve lacks Sold/,
  );
});
