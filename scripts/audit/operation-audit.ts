import { inventory } from '@refrain/contract-inventory';
import type { ContractInfo } from '@refrain/contract-kit';
import { notifications } from '@refrain/contract-notifications';
import { orders } from '@refrain/contract-orders';
import { payments } from '@refrain/contract-payments';
import { dueAtOf, foldOperations, type Operation, type Operations } from '@refrain/runtime';
import type { PlacedEvent, ProviderCall, Violation, Waiting } from './records.ts';

export const contracts: Readonly<Record<string, ContractInfo>> = {
  orders: orders.$contract,
  payments: payments.$contract,
  inventory: inventory.$contract,
  notifications: notifications.$contract,
};

export interface AuditedOperation {
  readonly operation: Operation;
  readonly service: string;
  readonly entity: string;
}

/** Every operation of the shop, folded from the streams. */
export function operationsOf(events: readonly PlacedEvent[]): AuditedOperation[] {
  const byEntity = new Map<string, { service: string; entity: string; operations: Operations }>();
  for (const event of events) {
    const contract = contracts[event.service];
    if (!contract) continue;
    const key = `${event.service} ${event.entity}`;
    const before = byEntity.get(key) ?? {
      service: event.service,
      entity: event.entity,
      operations: new Map<string, Operation>(),
    };
    byEntity.set(key, {
      ...before,
      operations: foldOperations(before.operations, { event, at: event.at }, contract),
    });
  }
  return [...byEntity.values()].flatMap(({ service, entity, operations }) =>
    [...operations.values()].map((operation) => ({ operation, service, entity })),
  );
}

/** What waits: for a due time, or for a human. Nothing is silent. */
export function waitingOf(
  operations: readonly AuditedOperation[],
  events: readonly PlacedEvent[],
): Waiting[] {
  const waiting = operations
    .filter(({ operation }) => operation.status !== 'closed')
    .map(({ operation, service, entity }) => ({
      where: `${service} ${entity}`,
      orderId: operation.intent.correlation,
      reason: reasonOf(operation),
      ...(operation.status === 'open' && { due: new Date(dueAtOf(operation)).toISOString() }),
    }));
  const unresolved = events
    .filter(
      (e) =>
        e.type === 'MailUnresolved' && !events.some((o) => o.type === 'MailSent' && o.entity === e.entity),
    )
    .map((e) => ({
      where: `${e.service} ${e.entity}`,
      orderId: e.correlation,
      reason: 'a mail that was refused, or may have gone out: a human has to look',
    }));
  const known = new Set(waiting.map(({ where }) => where));
  return [...waiting, ...unresolved.filter(({ where }) => !known.has(where))];
}

function reasonOf({ status, effect, last, n }: Operation): string {
  if (status === 'defect') return `${effect}: a defect of ours, a human has to look`;
  if (status === 'waiting')
    return `${effect}: given up with the outcome unknown${last ? ` (${last.failure})` : ''}`;
  return last
    ? `${effect}: attempt ${n} failed (${last.failure}), the next one is due`
    : `${effect}: not attempted yet`;
}

/** Numbers of attempts are unique and grow by one, over instances and restarts. */
export function auditAttempts(events: readonly PlacedEvent[]): Violation[] {
  const last = new Map<string, number>();
  const violations: Violation[] = [];
  for (const event of events) {
    if (event.type !== 'refrain.AttemptFailed') continue;
    const { operation, n } = event.data as { operation: string; n: number };
    const before = last.get(operation) ?? 0;
    if (n !== before + 1)
      violations.push({
        invariant: 'attempts are numbered without a gap',
        where: operation,
        found: `${n} after ${before}`,
      });
    last.set(operation, n);
  }
  return violations;
}

const COUNTED = new Set(['confirm', 'refund']);

/**
 * Calls that the provider counted against attempts on record: without kills they are equal, with kills there may be as
 * many more calls as processes were killed.
 */
export function auditCalls(
  events: readonly PlacedEvent[],
  calls: readonly ProviderCall[],
  kills: number,
): Violation[] {
  const recorded = new Map<string, number>();
  const add = (operation: string): unknown => recorded.set(operation, (recorded.get(operation) ?? 0) + 1);
  for (const event of events) {
    const data = event.data as { operation?: string; step?: string; class?: string };
    if (
      event.type === 'refrain.AttemptFailed' &&
      data.operation &&
      COUNTED.has(data.step ?? '') &&
      data.class !== 'outage'
    )
      add(data.operation);
    const [kind, operation, , verdict] = event.cause.split(':');
    if (
      kind === 'outcome' &&
      operation &&
      (verdict === 'ok' || verdict === 'card_declined') &&
      event.service === 'payments' &&
      isFirst(event)
    )
      add(operation);
  }
  const called = new Map<string, number>();
  for (const { operationId, step } of calls)
    if (COUNTED.has(step)) called.set(operationId, (called.get(operationId) ?? 0) + 1);
  const violations: Violation[] = [];
  let more = 0;
  for (const id of new Set([...recorded.keys(), ...called.keys()])) {
    const made = called.get(id) ?? 0;
    const known = recorded.get(id) ?? 0;
    if (made > known) more += made - known;
    if (made < known)
      violations.push({
        invariant: 'every recorded attempt is in /calls',
        where: id,
        found: `${made} calls, ${known} attempts on record`,
      });
  }
  if (more > kills)
    violations.push({
      invariant: 'calls <= recorded attempts + kills',
      where: 'psp',
      found: `${more} calls more than attempts on record, ${kills} kills`,
    });
  return violations;
}

/** One success may record two events (a late capture and its refund): counted once. */
const isFirst = (event: PlacedEvent): boolean => event.type !== 'RefundRequested';
