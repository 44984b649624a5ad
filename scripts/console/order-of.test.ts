import { expect, test } from 'vitest';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { orderOfIn } from './order-of.ts';

const orderOf = orderOfIn(shopDefinitions().map(({ contract }) => contract.$contract));

test.each([
  ['orders', 'order', 'one'],
  ['payments', 'charge', 'one'],
  ['inventory', 'reservation', 'one'],
  ['notifications', 'mail', 'one'],
  ['inventory', 'warehouse', undefined],
  ['inventory', 'receipt', undefined],
  ['invoices', 'order', undefined],
])('of %s, a %s tells of its order: %s', (service, entityType, order) => {
  expect(orderOf({ service, entityType, entityId: 'one' })).toBe(order);
});
