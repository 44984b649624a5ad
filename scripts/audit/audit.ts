import { auditCauses, auditLog } from './log-audit.ts';
import { auditAttempts, auditCalls, operationsOf, waitingOf } from './operation-audit.ts';
import { auditFlow, flowsOf, statusOf } from './order-audit.ts';
import { type Audit, eventsOf, type ShopRecords, type Violation } from './records.ts';
import { auditStock } from './stock-audit.ts';

/**
 * Checks the promises of the shop on its records alone: the streams and the sandboxes' ledgers. It trusts no service.
 * Pure. `docs/audit.md` says what each invariant means.
 */
export function auditShop(records: ShopRecords): Audit {
  const events = eventsOf(records.streams);
  const flows = flowsOf(events, records);
  const operations = operationsOf(events);
  const quiet = records.orderViews !== undefined || records.stockViews !== undefined;
  const violations: Violation[] = [
    ...flows.flatMap(auditFlow),
    ...auditStock(events, records.stockViews),
    ...auditLog(events),
    ...auditCauses(events),
    ...auditAttempts(events),
    ...(records.calls ? auditCalls(events, records.calls, records.kills ?? 0) : []),
    ...auditStrangers(records, new Set(flows.map((f) => f.orderId))),
    ...(quiet ? auditViews(records, flows) : []),
  ];
  const unsettled = flows
    .map(({ orderId, events: own }) => ({ orderId, status: statusOf(own) }))
    .filter(({ status }) => status === 'placed' || status === 'cancelling');
  return {
    checked: {
      orders: flows.length,
      events: events.length,
      operations: operations.length,
      charges: records.ledger.filter((l) => l.kind === 'charge').length,
      refunds: records.ledger.filter((l) => l.kind === 'refund').length,
      mails: records.mails.length,
      ...(records.calls && { calls: records.calls.length }),
    },
    violations,
    waiting: waitingOf(operations, events),
    unsettled,
  };
}

/** The world knows of nothing that the log does not know. */
function auditStrangers({ ledger, mails }: ShopRecords, known: ReadonlySet<string>): Violation[] {
  const strangers = [
    ...ledger.map((l) => ({ what: l.kind, orderId: l.orderId })),
    ...mails.map((m) => ({ what: 'mail', orderId: m.orderId })),
  ];
  return strangers
    .filter(({ orderId }) => !known.has(orderId))
    .map(({ what, orderId }) => ({
      invariant: 'nothing happens without an order',
      where: `order/${orderId}`,
      found: `a ${what} for an order the log does not know`,
    }));
}

/** What the orders service says equals the streams. */
function auditViews({ orderViews }: ShopRecords, flows: ReturnType<typeof flowsOf>): Violation[] {
  if (!orderViews) return [];
  const views = new Map(orderViews.map(({ orderId, status }) => [orderId, status]));
  return flows.flatMap(({ orderId, events }) => {
    const expected = statusOf(events);
    const found = views.get(orderId) ?? 'missing';
    return found === expected
      ? []
      : [
          {
            invariant: 'GET /orders equals the streams',
            where: `order/${orderId}`,
            found: `${found}, expected ${expected}`,
          },
        ];
  });
}
