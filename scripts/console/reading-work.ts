import { type AuditReport, RESULT_ITEMS_MAX, type ReplaySeen } from '@refrain/console/api';
import type { Audit } from '../audit/mod.ts';
import { examine } from '../cli/doctor/examine.ts';
import { endOfSpan, readReplay, replayService, type TimedReplay } from '../cli/replay/replay-service.ts';
import { findShop } from '../cli/shop-at.ts';
import { auditRunningShop } from '../cli/shop-log/audit-shop.ts';
import { withShopLog } from '../cli/shop-log/open.ts';
import type { Report } from './errands.ts';
import { type Mask, shopMasker } from './masking.ts';

/** Work that reads whole logs and changes nothing. */
export type ReadingWork =
  | { readonly kind: 'audit' }
  | { readonly kind: 'doctor' }
  | {
      readonly kind: 'replay';
      readonly service: string;
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly entity?: string | undefined;
    };

/** Does it as the commands of the same names do. */
export async function doReading(dataFolder: string, work: ReadingWork, report: Report): Promise<unknown> {
  const shop = findShop({ REFRAIN_DATA: dataFolder });
  const onProgress = (text: string): void => report(text);
  if (work.kind === 'doctor') return await examine(shop, onProgress);
  if (work.kind === 'audit')
    return auditReport(await auditRunningShop(shop, { kills: 0, allSnapshots: false, onProgress }));
  const asked = readReplay(work.service, work);
  return await withShopLog(shop, async (log) => {
    await endOfSpan(log, asked);
    const found = await replayService(log, asked, ({ seq, lastSeq }) =>
      report(`${seq} of ${lastSeq} commits`, lastSeq === 0 ? 1 : seq / lastSeq),
    );
    if (!found) throw new Error(`${work.service} ${work.entity} is not in the log. Nothing was decided.`);
    return replayReport(found, shopMasker());
  });
}

/** What fits into an answer: the first of each list, and how many there are. */
export function auditReport(audit: Audit): AuditReport {
  const { checked, invariants, violations, unchecked, waiting, unsettled } = audit;
  const first = <T>(list: readonly T[]): T[] => list.slice(0, RESULT_ITEMS_MAX);
  return {
    checked: { ...checked },
    invariants: { ...invariants },
    violations: first(violations),
    unchecked: first(unchecked),
    waiting: first(waiting),
    unsettled: first(unsettled),
    counts: {
      violations: violations.length,
      unchecked: unchecked.length,
      waiting: waiting.length,
      unsettled: unsettled.length,
    },
  };
}

export function replayReport(found: TimedReplay, mask: Mask): ReplaySeen {
  return {
    ...found,
    differences: found.differences.slice(0, RESULT_ITEMS_MAX).map((difference) => ({
      ...difference,
      recorded: difference.recorded.map((event) => ({ ...event, data: mask(event.data) })),
      decided: difference.decided.map((event) => ({ ...event, data: mask(event.data) })),
    })),
  };
}
