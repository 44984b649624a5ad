import { expect, test } from 'vitest';
import { kinds, mix, rightEnds } from './mix.ts';

test('the same seed gives the same orders, another seed others', () => {
  expect(mix(7, 100)).toEqual(mix(7, 100));
  expect(mix(7, 100)).not.toEqual(mix(8, 100));
});

test('shows every kind as soon as there is room for all', () => {
  for (const seed of [0, 1, 2, 3, 4]) {
    expect(new Set(mix(seed, kinds.length).map(({ kind }) => kind)).size).toBe(kinds.length);
  }
});

test('most orders are good, no kind is missing or common among many', () => {
  const orders = mix(1, 2_000);
  const share = (kind: string): number =>
    orders.filter((order) => order.kind === kind).length / orders.length;
  expect(share('good')).toBeGreaterThan(0.35);
  expect(kinds.filter((kind) => share(kind) < 0.02)).toEqual([]);
});

test('keys are unique, and every request is one the shop takes', () => {
  const orders = mix(3, 500);
  expect(new Set(orders.map(({ key }) => key)).size).toBe(500);
  for (const { request } of orders) {
    const skus = request.lines.map(({ sku }) => sku);
    expect(new Set(skus).size).toBe(skus.length);
    for (const sku of skus) expect(sku).toMatch(/^(tea-00[1-9]|rare-001)$/);
    for (const { quantity } of request.lines) expect(quantity >= 1 && quantity <= 1_000).toBe(true);
  }
});

test('what a kind is made to show can be seen in its request', () => {
  const orders = mix(5, 500);
  const kindsWith = (has: (request: (typeof orders)[number]['request']) => boolean): Set<string> =>
    new Set(orders.filter(({ request }) => has(request)).map(({ kind }) => kind));
  expect(kindsWith(({ paymentMethod }) => paymentMethod !== 'pm_card_visa')).toEqual(
    new Set(['card declined']),
  );
  expect(kindsWith(({ lines }) => lines.some(({ sku }) => sku === 'rare-001'))).toEqual(
    new Set(['few in stock', 'too many']),
  );
  expect(kindsWith(({ lines }) => lines.length > 2)).toEqual(new Set(['several lines']));
  expect(Object.keys(rightEnds)).toEqual(kinds);
});
