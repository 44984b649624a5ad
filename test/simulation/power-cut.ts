import {
  lastSignOfLife,
  lostSince,
  readReport,
  type RecoveryReport,
  rewind,
  type RewindResult,
} from '@refrain/runtime';
import { SERVICES, type CutShop } from './cut-shop.ts';

/** How much the broker of these stories may lose, in milliseconds. */
const SYNC_MS = 20_000;

/**
 * The power goes: every process dies, and each log loses its tail at a place of its own, as do alarms and
 * what a recovery leans on. Nothing of before the last sync is lost.
 */
export function cutPower({ world, killAll }: Pick<CutShop, 'world' | 'killAll'>, chance: () => number): void {
  killAll();
  const { broker, clock } = world;
  const synced = (): number => clock.now() - SYNC_MS * chance();
  for (const service of SERVICES) {
    const from = synced();
    broker.truncate(service, broker.commitsOf(service).filter(({ at }) => at <= from).length);
  }
  broker.recovery.forgetAfter(synced());
  if (chance() < 0.5) broker.schedules.purge();
}

/** What `up` does once the broker is there again and before any process is. */
export async function recover(shop: CutShop, id: string): Promise<RewindResult> {
  const { log, recovering } = shop.world.admin();
  const parts = { log, recovering, clock: shop.world.clock, definitions: shop.definitions() };
  const lastSign = (await lastSignOfLife(parts)) ?? shop.world.clock.now();
  return await rewind(parts, { id, since: lostSince(lastSign, SYNC_MS) });
}

/** What each service that calls the world did about it. */
export async function reportsOf(shop: CutShop, id: string): Promise<RecoveryReport[]> {
  const { bucket } = shop.world.admin().recovering;
  const reports = (['payments', 'notifications'] as const).map((service) =>
    readReport(bucket, { service, id }),
  );
  return (await Promise.all(reports)).filter((report) => report !== undefined);
}
