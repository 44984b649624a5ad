import { expect, test } from 'vitest';
import { noFaults } from './provider-world.ts';
import { ShopRun } from './shop-run.ts';

test('a payment that was taken is kept or given back, though its process died in the call and the provider was busy for two minutes', async () => {
  const shop = new ShopRun({ seed: 3, instances: 1 });
  const { clock } = shop.world;
  void shop.stock('tea', 10);
  await clock.runUntil(() => false, 1_000);
  void shop.place('k', [{ sku: 'tea', quantity: 1 }]);
  // The provider has taken the money; its answer is on the way.
  expect(await clock.runUntil(() => shop.provider.ledger.length === 1, 10_000)).toBe(true);
  shop.provider.faults = { ...noFaults, throttled: 1 };
  shop.crash('payments', 1, 200);
  await clock.runUntil(() => false, 120_000);
  expect(shop.provider.calls.map(({ fate }) => fate)).toContain('throttled');
  shop.provider.faults = noFaults;
  expect(await clock.runUntil(() => shop.isSettled(1), 3_600_000)).toBe(true);
  await clock.runUntil(() => false, 3_600_000);

  const { violations, checked, unsettled } = shop.audit();
  expect({ violations, unsettled }).toEqual({ violations: [], unsettled: [] });
  expect(checked).toMatchObject({ orders: 1, charges: 1 });
});
