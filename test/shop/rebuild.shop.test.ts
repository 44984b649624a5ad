import { expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { typed } from '../support/typed.ts';

const shop = attachShop(inject('shop'));

test('refrain rebuild builds the read models of a service anew, and the shop shows what it showed', async () => {
  await typed(shop.env, 'order', 'tea-001:1');
  const rebuilt = await typed(shop.env, 'rebuild', 'orders');
  expect(rebuilt.code).toBe(0);
  expect(rebuilt.document).toMatchObject({
    service: 'orders',
    instances: [{ instance: 'orders', models: [{ name: 'orders', serving: true }] }],
  });
  const { document } = await typed(shop.env, 'audit');
  expect(document).toMatchObject({ violations: [] });
});

test('a service without read models has nothing to rebuild, and one that nobody knows is named', async () => {
  for (const words of [['payments'], ['shipping'], [], ['orders', '--wait-s', 'long']])
    expect((await typed(shop.env, 'rebuild', ...words)).code).toBe(2);
});
