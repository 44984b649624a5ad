import type { PlacedEvent, ShopRecords, Violation } from './records.ts';

interface Flow {
  readonly orderId: string;
  readonly events: readonly PlacedEvent[];
  readonly charges: ShopRecords['ledger'];
  readonly refunds: ShopRecords['ledger'];
  readonly mails: ShopRecords['mails'];
}

const groupBy = <T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
};

/** The flows of the shop, one per order placed, each with what the world says of it. */
export function flowsOf(
  events: readonly PlacedEvent[],
  { ledger, mails }: Pick<ShopRecords, 'ledger' | 'mails'>,
): Flow[] {
  const byFlow = groupBy(events, (e) => e.correlation);
  const byOrder = groupBy(ledger, (l) => l.orderId);
  const mailsByOrder = groupBy(mails, (m) => m.orderId);
  const placed = events.filter((e) => e.type === 'OrderPlaced');
  return placed.map(({ entityId: orderId }) => {
    const lines = byOrder.get(orderId) ?? [];
    return {
      orderId,
      events: byFlow.get(orderId) ?? [],
      charges: lines.filter((l) => l.kind === 'charge'),
      refunds: lines.filter((l) => l.kind === 'refund'),
      mails: mailsByOrder.get(orderId) ?? [],
    };
  });
}

export const statusOf = (events: readonly PlacedEvent[]): string => {
  const has = (type: string): boolean => events.some((e) => e.type === type);
  if (has('OrderCompleted')) return 'completed';
  if (has('OrderCancelled')) return 'cancelled';
  return has('OrderCancelling') ? 'cancelling' : 'placed';
};

const sum = (lines: ShopRecords['ledger']): number => lines.reduce((total, { amount }) => total + amount, 0);

/** What must hold of one order, whatever was killed or repeated meanwhile. */
export function auditFlow(flow: Flow): Violation[] {
  const { orderId, events, charges, refunds, mails } = flow;
  const violations: Violation[] = [];
  const expect = (holds: boolean, invariant: string, found: string): void => {
    if (!holds) violations.push({ invariant, where: `order/${orderId}`, found });
  };
  const find = (type: string): PlacedEvent | undefined => events.find((e) => e.type === type);
  const count = (type: string): number => events.filter((e) => e.type === type).length;
  const status = statusOf(events);
  const total = (find('OrderPlaced')?.data as { total: { minor: number } } | undefined)?.total.minor ?? 0;
  const kept = sum(charges) - sum(refunds);
  expect(charges.length <= 1, 'at most one charge per order', `${charges.length} charges in the ledger`);
  expect(refunds.length <= 1, 'at most one refund per order', `${refunds.length} refunds in the ledger`);
  expect(mails.length <= 1, 'at most one mail per order', `${mails.length} mails`);
  expect(
    !(find('OrderCompleted') && find('OrderCancelled')),
    'an order ends one way',
    'completed and cancelled',
  );
  for (const charge of charges)
    expect(charge.amount === total, 'an order is charged its total', `${charge.amount}, expected ${total}`);
  if (status === 'completed') {
    expect(kept === total, 'a completed order is paid', `${kept} kept, expected ${total}`);
    expect(
      count('StockReserved') === 1 && count('StockReleased') === 0,
      'a completed order keeps its stock',
      `${count('StockReserved')} reserved, ${count('StockReleased')} released`,
    );
  }
  if (status === 'cancelled') {
    expect(kept === 0, 'a cancelled order keeps no money', `${kept} kept`);
    expect(
      count('StockReserved') === count('StockReleased'),
      'a cancelled order keeps no stock',
      `${count('StockReserved')} reserved, ${count('StockReleased')} released`,
    );
  }
  violations.push(...auditOutcomes(flow), ...auditAfterEnd(flow));
  return violations;
}

/** What the log says happened, happened; and, once the flow has ended, the other way round. */
function auditOutcomes({ orderId, events, charges, refunds, mails }: Flow): Violation[] {
  const where = `order/${orderId}`;
  const has = (type: string): boolean => events.some((e) => e.type === type);
  const ended = has('OrderCompleted') || has('OrderCancelled');
  const violations: Violation[] = [];
  const pairs: [string, boolean, boolean][] = [
    ['charge', has('ChargeCaptured'), charges.length > 0],
    ['refund', has('RefundIssued'), refunds.length > 0],
    ['mail', has('MailSent'), mails.length > 0],
  ];
  for (const [what, said, done] of pairs) {
    if (said && !done)
      violations.push({
        invariant: 'what is on record happened',
        where,
        found: `a ${what} on record that never happened`,
      });
    const settled = what === 'mail' ? has('MailSent') || has('MailUnresolved') : ended;
    const unknown = what === 'mail' && has('MailUnresolved'); // a human has to find out
    if (done && !said && settled && !unknown)
      violations.push({
        invariant: 'what happened is on record',
        where,
        found: `a ${what} happened that is not on record`,
      });
  }
  return violations;
}

/** Once an order has settled, no money moves. */
function auditAfterEnd({ orderId, events, charges, refunds }: Flow): Violation[] {
  const end = events.find((e) => e.type === 'OrderCompleted' || e.type === 'OrderCancelled');
  if (!end) return [];
  const late = [...charges, ...refunds].filter(({ at }) => Date.parse(at) > end.at);
  return late.map(({ kind, at }) => ({
    invariant: 'nothing happens after an order has settled',
    where: `order/${orderId}`,
    found: `a ${kind} at ${at}, settled at ${new Date(end.at).toISOString()}`,
  }));
}
