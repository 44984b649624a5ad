import type { Commit, RecordedEvent } from '@refrain/event-log';

/** What the provider's ledger says really happened. `amount` in minor units. */
export interface LedgerLine {
  readonly kind: 'charge' | 'refund';
  readonly id: string;
  readonly orderId: string;
  readonly operationId: string;
  readonly amount: number;
  readonly at: string;
}

/** A mail that the sandbox took in. */
export interface SentMail {
  readonly messageId: string;
  readonly orderId: string;
  readonly at: string;
}

/** A request that reached the provider, whatever became of it. */
export interface ProviderCall {
  readonly step: string;
  readonly operationId: string;
  readonly fate: string;
  readonly at: string;
}

export interface OrderView {
  readonly orderId: string;
  readonly status: string;
}

export interface StockView {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
}

/** Everything an audit looks at: the streams and the ledgers, and, once it is quiet, what the services say. */
export interface ShopRecords {
  /** Every commit of each service's stream, in log order. */
  readonly streams: Readonly<Record<string, readonly Commit[]>>;
  readonly ledger: readonly LedgerLine[];
  readonly mails: readonly SentMail[];
  readonly calls?: readonly ProviderCall[];
  /** How many processes were killed: calls may exceed the recorded attempts by as many. */
  readonly kills?: number;
  readonly orderViews?: readonly OrderView[];
  readonly stockViews?: readonly StockView[];
}

/** A broken promise: which one, where, and what was found against what was expected. */
export interface Violation {
  readonly invariant: string;
  readonly where: string;
  readonly found: string;
}

/** Something that waits, and for what: a due time or a human. */
export interface Waiting {
  readonly where: string;
  readonly orderId: string;
  readonly reason: string;
  readonly due?: string;
}

export interface Audit {
  readonly checked: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly waiting: readonly Waiting[];
  readonly unsettled: readonly { orderId: string; status: string }[];
}

/** One event with its place: the unit in which the audit thinks. */
export interface PlacedEvent extends RecordedEvent {
  readonly service: string;
  readonly entity: string;
  readonly entityId: string;
  readonly seq: number;
  readonly at: number;
}

export function eventsOf(streams: ShopRecords['streams']): PlacedEvent[] {
  return Object.entries(streams).flatMap(([service, commits]) =>
    commits.flatMap(({ entity, seq, at, body }) =>
      body().events.map((event) => ({
        ...event,
        service,
        entity: `${entity.entityType}/${entity.entityId}`,
        entityId: entity.entityId,
        seq,
        at,
      })),
    ),
  );
}
