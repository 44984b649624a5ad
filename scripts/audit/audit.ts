import type { Commit } from '@refrain/event-log';
import { Findings } from './findings.ts';
import { Flows, statusOf } from './flow.ts';
import { IdentityAudit } from './identity-audit.ts';
import { LogAudit } from './log-audit.ts';
import { OperationAudit } from './operation-audit.ts';
import { auditOrders, auditOrderViews } from './order-audit.ts';
import { PaceAudit } from './pace-audit.ts';
import {
  type Audit,
  type AuditOptions,
  eventsOf,
  type OutsideRecords,
  type ShopRecords,
  type Unsettled,
} from './records.ts';
import { StockAudit } from './stock-audit.ts';
import { iso } from './times.ts';
import { UndoAudit } from './undo-audit.ts';

/**
 * Checks the promises of the shop on its records alone: the streams and the sandboxes' ledgers. It trusts no
 * service. Pure. Commits are added stream by stream, each in log order; of each, only the facts that an
 * invariant needs are kept. `docs/audit.md` says what each invariant means.
 */
export class ShopAudit {
  readonly #findings = new Findings();
  readonly #flows = new Flows();
  readonly #log = new LogAudit(this.#findings, this.#flows);
  readonly #operations = new OperationAudit(this.#findings);
  readonly #undo = new UndoAudit();
  readonly #stock = new StockAudit(this.#findings);
  readonly #identity: IdentityAudit | undefined;
  readonly #pace: PaceAudit | undefined;
  #events = 0;

  constructor({ platformId, pace }: AuditOptions = {}) {
    this.#identity = platformId === undefined ? undefined : new IdentityAudit(platformId, this.#findings);
    this.#pace = pace && new PaceAudit(pace, this.#findings);
  }

  /** `late`: it was stored after the reading began, and what it leads to may not have been read. */
  add(service: string, commit: Commit, late = false): void {
    for (const event of eventsOf(service, commit, late)) {
      this.#events++;
      const flow = this.#flows.add(event);
      this.#log.add(event, flow);
      this.#identity?.add(event);
      this.#pace?.add(event);
      this.#operations.add(event);
      this.#undo.add(event, flow);
      this.#stock.add(event);
    }
  }

  /** Orders that have not ended, oldest first. */
  unsettled(): Unsettled[] {
    return [...this.#flows.orders()]
      .filter(({ endedAt }) => endedAt === undefined)
      .map((flow) => ({
        orderId: flow.orderId,
        status: statusOf(flow),
        placedAt: iso(flow.placedAt ?? 0),
      }));
  }

  /** Whether the services show what the log says: a read model may still be on its way there. */
  shows({ orderViews, stockViews }: Pick<OutsideRecords, 'orderViews' | 'stockViews'>): boolean {
    const findings = new Findings();
    if (orderViews) auditOrderViews(this.#flows, orderViews, findings);
    if (stockViews) this.#stock.conclude(stockViews, findings);
    return findings.violations.length === 0;
  }

  /** Compares with what the world says, and tells what was found. Once, when everything was added. */
  conclude(records: OutsideRecords): Audit {
    const { ledger, mails, calls, orderViews, stockViews } = records;
    this.#log.conclude();
    this.#pace?.conclude();
    const unchecked = [...this.#operations.conclude(records), ...(this.#identity?.conclude() ?? [])];
    this.#undo.conclude(this.#flows, this.#findings);
    auditOrders(this.#flows, records, this.#findings);
    if (orderViews) auditOrderViews(this.#flows, orderViews, this.#findings);
    if (stockViews) this.#stock.conclude(stockViews, this.#findings);
    return {
      checked: {
        orders: [...this.#flows.orders()].length,
        events: this.#events,
        operations: this.#operations.operations,
        ...(ledger && {
          charges: ledger.filter(({ kind }) => kind === 'charge').length,
          refunds: ledger.filter(({ kind }) => kind === 'refund').length,
        }),
        ...(mails && { mails: mails.length }),
        ...(calls && { calls: calls.length, unrecordedCalls: this.#operations.unrecordedCalls }),
      },
      invariants: this.#findings.counts(),
      violations: this.#findings.violations,
      unchecked,
      waiting: this.#operations.waiting(),
      unsettled: this.unsettled(),
    };
  }
}

/** The audit of records that are all at hand. */
export function auditShop({ streams, platformId, pace, ...outside }: ShopRecords): Audit {
  const audit = new ShopAudit({ platformId, pace });
  for (const [service, commits] of Object.entries(streams))
    for (const commit of commits) audit.add(service, commit);
  return audit.conclude(outside);
}
