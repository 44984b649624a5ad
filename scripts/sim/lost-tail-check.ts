import type { Commit, RecordedEvent } from '@refrain/event-log';
import { parseFound } from '@refrain/runtime';
import type { Finding } from '@refrain/simulation';
import type { Audit, Invariant, LedgerLine } from '../audit/mod.ts';

/** What must hold of every order, whatever a power cut took: P1 for `keyed`, and that every flow ends. */
const KEPT: ReadonlySet<string> = new Set<Invariant>([
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
  'held stock is between nothing and what came in',
]);

/** What is looked at after a recovery. */
export interface Recovered {
  readonly logs: Readonly<Record<string, readonly Commit[]>>;
  readonly ledger: readonly LedgerLine[];
  readonly audit: Audit;
  /** Orders that were lost and then placed again: of those nobody knows that a mail went out. */
  readonly placedAgain?: ReadonlySet<string>;
}

const eventsOf = (commits: readonly Commit[]): RecordedEvent[] =>
  commits.flatMap((commit) => commit.body().events);

/** The operations that the log knows: by their intent, or because an act of them was found. */
function known({ logs }: Recovered): ReadonlySet<string> {
  const ids = Object.values(logs)
    .flatMap(eventsOf)
    .flatMap(({ operation, cause }) => [operation, parseFound(cause)]);
  return new Set(ids.filter((id) => id !== undefined));
}

/** What the world did that the log knows nothing of, and what it did twice under one operation. */
function acts(recovered: Recovered): Finding[] {
  const ids = known(recovered);
  const { ledger } = recovered;
  const where = ({ orderId }: LedgerLine): string => `order/${orderId}`;
  const orphans = ledger.filter(({ operationId }) => !ids.has(operationId));
  const twice = ledger.filter(
    (line, i) => ledger.findIndex((one) => one.operationId === line.operationId) < i,
  );
  return [
    ...orphans.map((line) => ({
      invariant: 'what a provider did is known to the log',
      where: where(line),
      found: `a ${line.kind} of an unknown operation`,
    })),
    ...twice.map((line) => ({
      invariant: 'an operation is done once',
      where: where(line),
      found: `a second ${line.kind}`,
    })),
  ];
}

/** Money that was kept of an order that the log lost altogether. */
function keptOfLost({ logs, ledger }: Recovered): Finding[] {
  const placed = new Set(
    eventsOf(logs['orders'] ?? []).flatMap(({ type, correlation }) =>
      type === 'OrderPlaced' ? [correlation] : [],
    ),
  );
  const kept = new Map<string, number>();
  for (const { orderId, kind, amount } of ledger)
    if (!placed.has(orderId))
      kept.set(orderId, (kept.get(orderId) ?? 0) + (kind === 'charge' ? amount : -amount));
  return [...kept]
    .filter(([, minor]) => minor !== 0)
    .map(([orderId, minor]) => ({
      invariant: 'nothing is kept of an order that was lost',
      where: `order/${orderId}`,
      found: `${minor} kept`,
    }));
}

/** Orders that have not ended and wait for nothing that is shown. */
export function silentOrders({ unsettled, waiting }: Audit): Finding[] {
  const silent = unsettled.filter(({ orderId }) => !waiting.some((one) => one.orderId === orderId));
  return silent.map(({ orderId, status }) => ({
    invariant: 'every order ends, or waits for a reason that is shown',
    where: `order/${orderId}`,
    found: `${status}, and nothing says why`,
  }));
}

/** What a power cut and its recovery broke: nothing is done twice, stays unknown, or is kept unasked. */
export function lostTailFindings(recovered: Recovered): Finding[] {
  const { audit, placedAgain = new Set() } = recovered;
  const mayMailTwice = ({ invariant, where }: Finding): boolean =>
    invariant === 'at most one mail per order' && placedAgain.has(where.replace('order/', ''));
  return [
    ...acts(recovered),
    ...keptOfLost(recovered),
    ...silentOrders(audit),
    ...audit.violations.filter((one) => KEPT.has(one.invariant) && !mayMailTwice(one)),
  ];
}
