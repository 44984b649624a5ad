import type { RecordedEvent } from '@refrain/event-log';
import type { Finding } from '@refrain/simulation';
import { lostTailFindings } from '../../scripts/sim/lost-tail-check.ts';
import { cutPower, recover } from './power-cut.ts';
import { SERVICES, type ServiceName, CutShop } from './cut-shop.ts';

const ORDERS = 24;

/** Orders of every kind over four minutes, and in the midst of them the power goes. */
export async function story(seed: number, { recovers = true } = {}): Promise<CutShop> {
  const shop = new CutShop({
    seed,
    faults: { lostAcks: 0.02, doubledDeliveries: 0.05 },
    provider: { failBefore: 0.04, failAfter: 0.04, sticky: 0.02, gone: 0.02 },
    deadlineMs: 150_000,
  });
  const { clock, chance } = shop.world;
  const at = (ms: number, act: () => void): void => clock.at(clock.now() + ms, act);
  void shop.stock('tea', 1_000);
  void shop.stock('rare', 8);
  const pass = (ms: number): Promise<boolean> => clock.runUntil(() => false, ms);
  const cutAt = 90_000 + chance() * 90_000;
  // Most of them shortly before the cut: those are the ones that it takes.
  for (let i = 0; i < ORDERS; i++)
    at(Math.max(1_000, cutAt - chance() * (i % 4 === 0 ? 120_000 : 25_000)), () => {
      const lines = i % 4 === 3 ? [{ sku: 'rare', quantity: 2 }] : [{ sku: 'tea', quantity: 1 + (i % 3) }];
      const placed = shop.place(`k${i}`, lines, i % 5 === 4 ? 'pm_card_chargeDeclined' : 'pm_card_visa');
      if (i % 3 === 1) void placed.then((orderId) => at(chance() * 400, () => void shop.cancel(orderId)));
    });
  await pass(cutAt);
  cutPower({ world: shop.world, killAll: () => shop.killAll() }, chance);
  await pass(chance() * 30_000);
  if (recovers) {
    const rewound = recover(shop, 'boot-2');
    await clock.runUntil(() => false, 10_000);
    await rewound;
  }
  shop.startAll();
  shop.healProvider();
  await pass(900_000);
  return shop;
}

export const eventsOf = (shop: CutShop, service: ServiceName): RecordedEvent[] =>
  shop.world.broker.commitsOf(service).flatMap((commit) => commit.body().events);

/** What the cut and its recovery broke. */
export const findingsOf = (shop: CutShop): Finding[] =>
  lostTailFindings({
    logs: Object.fromEntries(SERVICES.map((service) => [service, shop.world.broker.commitsOf(service)])),
    ledger: shop.provider.ledger,
    audit: shop.audit(),
  });
