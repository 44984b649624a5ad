import { expect, test } from 'vitest';
import { given } from './given.ts';
import { sale, till } from './planted.fixture.ts';

const its = { id: 's1' };
const asked = till.SaleAsked(its);

test('what a decider records is compared event by event', () => {
  given(sale).when(sale.ask(its)).records(asked);
  expect(() => given(sale).when(sale.ask(its)).records(till.SaleRecalled(its))).toThrow('SaleRecalled');
  expect(() => given(sale, asked).when(sale.ask(its)).records(asked)).toThrow('SaleAsked');
});

test('nothing to add is said on its own', () => {
  given(sale, asked).when(sale.ask(its)).recordsNothing();
  expect(() => given(sale).when(sale.ask(its)).recordsNothing()).toThrow('SaleAsked');
});
