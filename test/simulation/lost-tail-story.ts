import type { RecordedEvent } from '@refrain/event-log';
import { parseFound } from '@refrain/runtime';
import { cutPower, recover } from './power-cut.ts';
import { SERVICES, type ServiceName, CutShop } from './cut-shop.ts';

const ORDERS = 24;

/** What must hold of every order, whatever the cut took: P1 for `keyed`, and that every flow ends. */
const KEPT: ReadonlySet<string> = new Set([
  'at most one charge per order',
  'at most one refund per order',
  'at most one mail per order',
  'an order is charged its total',
  'a refund gives back what was charged',
  'an order ends one way',
  'a completed order is paid',
  'a completed order keeps its stock',
  'a cancelled order keeps no money',
  'a cancelled order keeps no stock',
  'an event id is unique',
]);

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

/** The operations that the log knows: by their intent, or because an act of them was found. */
function known(shop: CutShop): Set<string> {
  const ids = SERVICES.flatMap((service) => eventsOf(shop, service)).flatMap(({ operation, cause }) => [
    ...(operation === undefined ? [] : [operation]),
    ...(parseFound(cause) === undefined ? [] : [parseFound(cause) as string]),
  ]);
  return new Set(ids);
}

/** What the world did twice under one operation, and what it did that the log knows nothing of. */
function faultsOf(shop: CutShop): string[] {
  const ids = known(shop);
  const lines = shop.provider.ledger;
  const orphans = lines.filter(({ operationId }) => !ids.has(operationId));
  const twice = lines.filter((line, i) => lines.findIndex((o) => o.operationId === line.operationId) < i);
  return [
    ...orphans.map(({ kind, orderId }) => `orphan: ${kind} of ${orderId}`),
    ...twice.map(({ kind, orderId }) => `twice: ${kind} of ${orderId}`),
  ];
}

/** Money that was kept of an order that the log lost altogether. */
function keptOfLost(shop: CutShop): string[] {
  const placed = new Set(
    eventsOf(shop, 'orders').flatMap(({ type, correlation }) =>
      type === 'OrderPlaced' ? [correlation] : [],
    ),
  );
  const kept = new Map<string, number>();
  for (const { orderId, kind, amount } of shop.provider.ledger)
    if (!placed.has(orderId))
      kept.set(orderId, (kept.get(orderId) ?? 0) + (kind === 'charge' ? amount : -amount));
  return [...kept]
    .filter(([, minor]) => minor !== 0)
    .map(([orderId, minor]) => `${minor} kept of ${orderId}`);
}

/** Orders that have not ended and wait for nothing that is shown. */
function silent(shop: CutShop): string[] {
  const { unsettled, waiting } = shop.audit();
  return unsettled.filter(({ orderId }) => !waiting.some((w) => w.orderId === orderId)).map((o) => o.orderId);
}

export function checked(shop: CutShop): object {
  const { violations } = shop.audit();
  return {
    faults: faultsOf(shop),
    kept: keptOfLost(shop),
    silent: silent(shop),
    violations: violations.filter(({ invariant }) => KEPT.has(invariant)),
  };
}
/** Nothing was done twice, nothing stays unknown, nothing is kept that nobody asked for. */
export const nothing = { faults: [], kept: [], silent: [], violations: [] };
