import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@refrain/event-log';
import { registryOf } from '@refrain/runtime';
import { type Audit, type OutsideRecords, ShopAudit } from '../../audit/mod.ts';
import { type FoundShop, urlOf } from '../shop-at.ts';
import { serviceNames } from '../supervisor/found-services.ts';
import {
  readCalls,
  readLedger,
  readMailCalls,
  readMails,
  readOrderViews,
  readStock,
  sandboxUrl,
} from './doors.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';
import { auditSnapshots, codeOfService, withSnapshots } from './audit-snapshots.ts';
import { type ShopRecords, withShopLog } from './open.ts';
import { commitsOf } from './reading.ts';
import { readWords } from './said-words.ts';

export interface AuditOptions {
  readonly kills: number;
  /** Replays each snapshot, not one in a hundred. */
  readonly allSnapshots: boolean;
  readonly onProgress: (text: string) => void;
}

/** Whose calls are counted: the two that the sandboxes stand for. */
const dependencies = ['psp', 'mail'];

/** The last sequence of each service's log. */
type Ends = ReadonlyMap<string, number>;

/** A read model follows the log at its own pace: so often, and so long between, it is asked again. */
const viewTries = 20;
const viewPauseMs = 250;
/** How far the clocks of broker and sandboxes may be apart. */
const clocksApartMs = 1_000;

/**
 * Audits a running shop, also while orders are under way. What is read later can only know more, so the order
 * of reading decides what may be concluded: first all streams, then what was stored meanwhile (every cause of
 * the first round is in it), then what the world says (it has done whatever is on record), then, if nothing
 * has moved since, what the services show.
 * @throws RF_UNREACHABLE when a part of the shop does not answer.
 */
export const auditRunningShop = async (shop: FoundShop, options: AuditOptions): Promise<Audit> =>
  await withShopLog(shop, async (log, records) => {
    const found = await auditLog(shop, options, log, records);
    const recovery = await records.recovery();
    const sources = shopDefinitions()
      .map(registryOf)
      .map((registry) => {
        const { service } = registry.contract;
        return { registry, code: codeOfService(service, recovery), ...records.snapshots(service) };
      });
    return withSnapshots(
      found,
      await auditSnapshots(log, sources, { ...options, all: options.allSnapshots }),
    );
  });

async function auditLog(
  shop: FoundShop,
  options: AuditOptions,
  log: EventLog,
  { governor, platformId, importedAt }: ShopRecords,
): Promise<Audit> {
  const audit = new ShopAudit({ platformId: await platformId() });
  const asOf = Date.now() - clocksApartMs;
  const first = await endsOf(log);
  await addAll(audit, log, { from: nothing, to: first, late: false, ...options });
  const ends = await endsOf(log);
  await addAll(audit, log, { from: first, to: ends, late: true, ...options });
  options.onProgress('reading the ledgers');
  const asked = { ...(await readOutside(shop)), kills: options.kills, asOf };
  const words = { ...(await readWords(governor, dependencies)), importedAt: await importedAt() };
  const outside = { ...asked, words };
  const isQuiet = async (): Promise<boolean> =>
    audit.unsettled().length === 0 && sameEnds(ends, await endsOf(log));
  if (!(await isQuiet())) return audit.conclude(outside);
  const views = await readViews(shop, audit);
  return audit.conclude((await isQuiet()) ? { ...outside, ...views, asOf: undefined } : outside);
}

async function endsOf(log: Pick<EventLog, 'lastSequence'>): Promise<Ends> {
  const ends = serviceNames.map(async (name) => [name, await log.lastSequence(name)] as const);
  return new Map(await Promise.all(ends));
}

const nothing: Ends = new Map();
const sameEnds = (one: Ends, other: Ends): boolean =>
  serviceNames.every((name) => one.get(name) === other.get(name));

interface Round {
  /** The last sequences that were read before. */
  readonly from: Ends;
  readonly to: Ends;
  readonly late: boolean;
  readonly onProgress: (text: string) => void;
}

async function addAll(audit: ShopAudit, log: EventLog, { from, to, late, onProgress }: Round): Promise<void> {
  for (const service of serviceNames) {
    const range = { from: (from.get(service) ?? 0) + 1, to: to.get(service) ?? 0 };
    for await (const commit of commitsOf(log, service, range)) {
      audit.add(service, commit, late);
      if (commit.seq % 1_000 === 0) onProgress(`reading ${service}: ${commit.seq} of ${range.to}`);
    }
  }
}

async function readOutside(shop: FoundShop): Promise<OutsideRecords> {
  const [psp, mail] = [sandboxUrl(shop, 'psp'), sandboxUrl(shop, 'mail')];
  const [ledger, calls, mails, mailCalls] = await Promise.all([
    psp === undefined ? undefined : readLedger(psp),
    psp === undefined ? undefined : readCalls(psp),
    mail === undefined ? undefined : readMails(mail),
    mail === undefined ? undefined : readMailCalls(mail),
  ]);
  return { ledger, calls, mails, mailCalls };
}

/** What the doors of orders and inventory show, once they have read as far as the log goes. */
async function readViews(
  shop: FoundShop,
  audit: Pick<ShopAudit, 'shows'>,
): Promise<Pick<OutsideRecords, 'orderViews' | 'stockViews'>> {
  const [orders, inventory] = [urlOf(shop, 'orders'), urlOf(shop, 'inventory')];
  for (let tries = 1; ; tries++) {
    const [orderViews, stockViews] = await Promise.all([readOrderViews(orders), readStock(inventory)]);
    if (tries === viewTries || audit.shows({ orderViews, stockViews })) return { orderViews, stockViews };
    await sleep(viewPauseMs);
  }
}
