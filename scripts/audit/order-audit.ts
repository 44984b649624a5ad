import type { Findings } from './findings.ts';
import { endOf, type Flow, type Flows, statusOf } from './flow.ts';
import type { LedgerLine, OutsideRecords, OrderView } from './records.ts';
import { CLOCKS_APART_MS, iso } from './times.ts';

interface Outside {
  readonly charges: readonly LedgerLine[];
  readonly refunds: readonly LedgerLine[];
  readonly mails: number;
}

const nothing: Outside = { charges: [], refunds: [], mails: 0 };

/** What the world says of each order. */
function byOrder({ ledger = [], mails = [] }: OutsideRecords): Map<string, Outside> {
  const found = new Map<string, Outside>();
  const change = (orderId: string, part: (of: Outside) => Partial<Outside>): void => {
    const before = found.get(orderId) ?? nothing;
    found.set(orderId, { ...before, ...part(before) });
  };
  for (const line of ledger)
    change(line.orderId, ({ charges, refunds }) =>
      line.kind === 'charge' ? { charges: [...charges, line] } : { refunds: [...refunds, line] },
    );
  for (const { orderId } of mails) change(orderId, (of) => ({ mails: of.mails + 1 }));
  return found;
}

/** What must hold of every order, and that the world knows of nothing else. */
export function auditOrders(flows: Flows, records: OutsideRecords, findings: Findings): void {
  const outside = byOrder(records);
  for (const flow of flows.orders()) {
    const own = outside.get(flow.orderId) ?? nothing;
    auditEnd(flow, findings);
    if (records.ledger) auditMoney(flow, own, findings);
    if (records.mails) auditMail(flow, own, findings);
  }
  for (const flow of flows.lost()) auditLost(flow, outside.get(flow.orderId) ?? nothing, findings);
  auditStrangers(flows, records, findings);
}

/** What its log lost is undone: nobody knows any more what it was to cost, only that nothing may be kept. */
function auditLost(flow: Flow, { charges, refunds }: Outside, findings: Findings): void {
  auditEnd(flow, findings);
  const kept = sum(charges) - sum(refunds);
  const where = `order/${flow.orderId}`;
  if (endOf(flow) === 'cancelled')
    findings.expect('a cancelled order keeps no money', kept === 0, where, () => `${kept} kept`);
}

/** The world knows of nothing that the log does not know. */
function auditStrangers(flows: Flows, records: OutsideRecords, findings: Findings): void {
  const { ledger = [], mails = [], asOf = Number.POSITIVE_INFINITY } = records;
  const done = [...ledger, ...mails.map((mail) => ({ ...mail, kind: 'mail' }))];
  for (const { orderId, kind, at } of done)
    if (Date.parse(at) < asOf)
      findings.expect(
        'nothing happens without an order',
        flows.isOrder(orderId),
        `order/${orderId}`,
        () => `a ${kind} for an order that the log does not know`,
      );
}

const isAfter = (at: number, endedAt: number): boolean => at > endedAt + CLOCKS_APART_MS;

function auditEnd(flow: Flow, findings: Findings): void {
  const where = `order/${flow.orderId}`;
  const { reserved, released, captured, refunded, completed, cancelled, lastStep, endedAt } = flow;
  findings.expect(
    'an order ends one way',
    completed + cancelled <= 1,
    where,
    () => `completed ${completed} times, cancelled ${cancelled} times`,
  );
  const end = endOf(flow);
  if (end === undefined || endedAt === undefined) return;
  const stock = (): string => `${reserved} reserved, ${released} released`;
  const money = (): string => `${captured} captured, ${refunded} refunded on record`;
  if (end === 'completed') {
    findings.expect('a completed order keeps its stock', reserved === 1 && released === 0, where, stock);
    findings.expect('a completed order is paid', captured === 1 && refunded === 0, where, money);
  } else {
    findings.expect('a cancelled order keeps no stock', reserved === released, where, stock);
    findings.expect('a cancelled order keeps no money', captured === refunded, where, money);
  }
  findings.expect(
    'nothing happens after an order has settled',
    !lastStep || !isAfter(lastStep.at, endedAt),
    where,
    () => `${lastStep?.type} at ${iso(lastStep?.at ?? 0)}, settled at ${iso(endedAt)}`,
  );
}

const sum = (lines: readonly LedgerLine[]): number => lines.reduce((total, { amount }) => total + amount, 0);

function auditMoney(flow: Flow, { charges, refunds }: Outside, findings: Findings): void {
  const where = `order/${flow.orderId}`;
  const { totalMinor, endedAt = 0 } = flow;
  const [charged, returned] = [sum(charges), sum(refunds)];
  const expect = (...[invariant, holds, found]: [Parameters<Findings['expect']>[0], boolean, string]): void =>
    findings.expect(invariant, holds, where, () => found);
  expect('at most one charge per order', charges.length <= 1, `${charges.length} charges in the ledger`);
  expect('at most one refund per order', refunds.length <= 1, `${refunds.length} refunds in the ledger`);
  for (const { amount } of charges)
    expect('an order is charged its total', amount === totalMinor, `${amount}, expected ${totalMinor}`);
  for (const { amount } of refunds)
    expect('a refund gives back what was charged', amount === charged, `${amount}, charged ${charged}`);
  const end = endOf(flow);
  const kept = charged - returned;
  if (end === 'completed')
    expect('a completed order is paid', kept === totalMinor, `${kept} kept, expected ${totalMinor}`);
  if (end === 'cancelled') expect('a cancelled order keeps no money', kept === 0, `${kept} kept`);
  const sides = [
    ['charge', flow.captured, charges],
    ['refund', flow.refunded, refunds],
  ] as const;
  for (const [what, recorded, done] of sides) {
    const found = `${recorded} on record, ${done.length} in the ledger`;
    expect('what is on record happened', recorded <= done.length, `${what}: ${found}`);
    // Before the order has settled its outcome may be on its way to the log.
    if (end !== undefined) expect('what happened is on record', done.length <= recorded, `${what}: ${found}`);
  }
  if (end === undefined) return;
  for (const { kind, at } of [...charges, ...refunds])
    expect(
      'nothing happens after an order has settled',
      !isAfter(Date.parse(at), endedAt),
      `a ${kind} at ${at}, settled at ${iso(endedAt)}`,
    );
}

function auditMail(flow: Flow, { mails }: Outside, findings: Findings): void {
  const where = `order/${flow.orderId}`;
  const { mailSent, mailVerdicts } = flow;
  // Only a human who says that a mail did not go out can have another one sent.
  findings.expect('at most one mail per order', mails <= 1 + mailVerdicts, where, () => `${mails} mails`);
  if (mailSent)
    findings.expect(
      'what is on record happened',
      mails > 0,
      where,
      () => 'a mail on record that never went out',
    );
}

/** What the orders service says equals the streams. */
export function auditOrderViews(flows: Flows, views: readonly OrderView[], findings: Findings): void {
  const found = new Map(views.map((view) => [view.orderId, view]));
  const text = (status: string, reason?: string): string => (reason ? `${status} (${reason})` : status);
  for (const flow of flows.orders()) {
    const view = found.get(flow.orderId);
    found.delete(flow.orderId);
    const [said, expected] = [
      view ? text(view.status, view.reason) : 'missing',
      text(statusOf(flow), flow.reason),
    ];
    findings.expect(
      'GET /orders equals the streams',
      said === expected,
      `order/${flow.orderId}`,
      () => `${said}, expected ${expected}`,
    );
  }
  for (const [orderId, { status }] of found)
    findings.expect(
      'GET /orders equals the streams',
      false,
      `order/${orderId}`,
      () => `${status}, and the log does not know it`,
    );
}
