import { subjectOf } from '@refrain/event-log';
import type { ReadableLog } from '@refrain/replay';
import { CutShop } from '../simulation/cut-shop.ts';

const ORDERS = 40;

/** Orders of every kind over some minutes, with a provider that has troubles, until all of them settled. */
export async function recordedShop(seed: number): Promise<CutShop> {
  const shop = new CutShop({
    seed,
    faults: { lostAcks: 0.02, doubledDeliveries: 0.05 },
    provider: { failBefore: 0.1, failAfter: 0.1, sticky: 0.05, gone: 0.05 },
    deadlineMs: 30_000,
  });
  const { clock, chance } = shop.world;
  void shop.stock('tea', 1_000);
  void shop.stock('rare', 8);
  for (let i = 0; i < ORDERS; i++)
    clock.at(clock.now() + 1_000 + chance() * 60_000, () => {
      const lines = i % 4 === 3 ? [{ sku: 'rare', quantity: 2 }] : [{ sku: 'tea', quantity: 1 + (i % 3) }];
      const placed = shop.place(`k${i}`, lines, i % 5 === 4 ? 'pm_card_chargeDeclined' : 'pm_card_visa');
      if (i % 3 === 1)
        void placed.then((orderId) =>
          clock.at(clock.now() + chance() * 400, () => void shop.cancel(orderId)),
        );
    });
  await clock.runUntil(() => false, 120_000);
  shop.healProvider();
  await clock.runUntil(() => false, 900_000);
  return shop;
}

/** The logs of a shop in memory, to be read. */
export const logOf = ({ world: { broker } }: CutShop): ReadableLog => ({
  load: async (entity, after) =>
    broker.commitsOfSubject(entity.service, subjectOf(entity)).filter(({ seq }) => seq > after),
  read: async (service, from, limit) => broker.commitsOf(service).slice(from - 1, from - 1 + limit),
  lastSequence: async (service) => broker.commitsOf(service).length,
});
