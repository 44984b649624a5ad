import { expect, test } from 'vitest';
import { isSold, priced } from './prices.ts';

test.each([
  ['tea-001', 150],
  ['tea-009', 950],
  ['rare-001', 9_900],
])('%s costs %i cents', (sku, minor) => {
  expect(priced([{ sku, quantity: 1 }]).lines[0]?.unitPrice).toEqual({ minor, currency: 'EUR' });
});

test('an order costs what its lines cost together', () => {
  const lines = [
    { sku: 'tea-002', quantity: 3 },
    { sku: 'rare-001', quantity: 1 },
  ];
  expect(priced(lines).total).toEqual({ minor: 3 * 250 + 9_900, currency: 'EUR' });
});

test('what the shop does not sell has no price', () => {
  for (const sku of ['tea-000', 'tea-010', 'constructor']) expect(isSold(sku)).toBe(false);
  expect(() => priced([{ sku: 'tea-010', quantity: 1 }])).toThrow('has no price');
});
