import { readReport, type RecoveryReport, type RewindResult } from '@refrain/runtime';
import { cutTails, recoverWorld, SYNC_MS } from '@refrain/simulation';
import { SERVICES, type CutShop } from './cut-shop.ts';

/**
 * The power goes: every process dies, and each log loses its tail at a place of its own, as do alarms and
 * what a recovery leans on. Nothing of before the last sync is lost.
 */
export function cutPower({ world, killAll }: Pick<CutShop, 'world' | 'killAll'>, chance: () => number): void {
  killAll();
  const { broker, clock } = world;
  const synced = (): number => clock.now() - SYNC_MS * chance();
  cutTails(broker, {
    synced: Object.fromEntries(SERVICES.map((service) => [service, synced()])),
    recoverySynced: synced(),
    alarms: chance() < 0.5,
  });
}

/** What `up` does once the broker is there again and before any process is. */
export async function recover(shop: CutShop, id: string): Promise<RewindResult> {
  return await recoverWorld(shop.world, shop.definitions(), id);
}

/** What each service that calls the world did about it. */
export async function reportsOf(shop: CutShop, id: string): Promise<RecoveryReport[]> {
  const { bucket } = shop.world.admin().recovering;
  const reports = (['payments', 'notifications'] as const).map((service) =>
    readReport(bucket, { service, id }),
  );
  return (await Promise.all(reports)).filter((report) => report !== undefined);
}
