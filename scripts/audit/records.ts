import type { Commit, RecordedEvent } from '@refrain/event-log';
import type { SandboxCall } from './call-windows.ts';

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
export interface ProviderCall extends SandboxCall {
  /** `unknown`: it named none. */
  readonly operationId: string;
}

/** Something an SMTP client asked for. Only of `data` it is known which mail it was. */
export interface MailCall {
  readonly command: string;
  readonly operationId: string | null;
  readonly fate: string;
  readonly at: string;
}

/** An order as `GET /orders` shows it. */
export interface OrderView {
  readonly orderId: string;
  readonly status: string;
  readonly reason?: string | undefined;
}

/** Goods as `GET /stock` shows them. */
export interface StockView {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
}

/** One of the governor's words on a dependency, as far as the audit needs it. */
export interface SaidWord {
  /** When it was said, milliseconds since 1970. */
  readonly at: number;
  /** On the way up after an outage, where the retry budget does not hold. */
  readonly ramp: boolean;
}

/** What the governor's bucket says. */
export interface Words {
  /** The retry budget of any ten seconds, and since when it is that: milliseconds since 1970, 0: always. */
  readonly budget: { readonly share: number; readonly more: number; readonly since: number };
  /** By dependency, oldest first. `isWhole`: it begins with the first word there was. */
  readonly history: Readonly<
    Record<string, { readonly words: readonly SaidWord[]; readonly isWhole: boolean }>
  >;
  /** Milliseconds since 1970: what the governor said before is on another platform. Default: not imported. */
  readonly importedAt?: number | undefined;
}

/**
 * What the world outside says, read after the streams: so what is on record has happened. What is missing was
 * not asked, and nothing is concluded from it.
 */
export interface OutsideRecords {
  readonly ledger?: readonly LedgerLine[] | undefined;
  readonly mails?: readonly SentMail[] | undefined;
  readonly calls?: readonly ProviderCall[] | undefined;
  readonly mailCalls?: readonly MailCall[] | undefined;
  /** Read after the calls: so the word under which a call was made is there. */
  readonly words?: Words | undefined;
  /**
   * How many processes were killed: each kill can leave one call of an operation that nobody recorded.
   * Default 0.
   */
  readonly kills?: number | undefined;
  /**
   * When the reading of the streams began, milliseconds since 1970. What happened later may follow from what
   * was not read, so its cause is not asked for. Default: everything was read.
   */
  readonly asOf?: number | undefined;
  /** What the services say, asked only when nothing was unsettled and nothing was stored meanwhile. */
  readonly orderViews?: readonly OrderView[] | undefined;
  readonly stockViews?: readonly StockView[] | undefined;
}

/** How soon a shop does what is due, where that is known. */
export interface Pace {
  /** When the streams were read, milliseconds since 1970. */
  readonly now: number;
  /** How late it may be at most, with crashes, lost alarms and whatever else, in milliseconds. */
  readonly lateMsMax: number;
  /** What follows from an event when so much time has passed. */
  readonly deadlines: readonly { readonly after: string; readonly name: string; readonly afterMs: number }[];
}

/** What an audit may know of a shop before it reads its streams. */
export interface AuditOptions {
  /** In the hash of every id. Without it, ids are not checked. */
  readonly platformId?: string | undefined;
  /** Without it, nothing is too late. */
  readonly pace?: Pace | undefined;
}

/** Everything an audit looks at, in one value: for a log that fits into memory. */
export interface ShopRecords extends OutsideRecords, AuditOptions {
  /** Every commit of each service's stream, in log order. */
  readonly streams: Readonly<Record<string, readonly Commit[]>>;
}

/** A broken promise: which one, where, and what was found against what was expected. */
export interface Violation {
  readonly invariant: string;
  readonly where: string;
  readonly found: string;
}

/** Something that waits, and for what: a due time or a person. */
export interface Waiting {
  readonly where: string;
  readonly orderId: string;
  readonly reason: string;
  readonly due?: string;
  /** The command with which a person answers. */
  readonly answer?: string;
}

/** What could not be looked at, and why: no promise is broken by it, and none is shown to hold. */
export interface Unchecked {
  readonly invariant: string;
  readonly where: string;
  readonly why: string;
}

/** An order that has not ended. */
export interface Unsettled {
  readonly orderId: string;
  readonly status: string;
  readonly placedAt: string;
}

/** What an audit looked at, and what it found. */
export interface Audit {
  /** How many of each thing were looked at. */
  readonly checked: Readonly<Record<string, number>>;
  /** How often each invariant was checked. */
  readonly invariants: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly unchecked: readonly Unchecked[];
  readonly waiting: readonly Waiting[];
  readonly unsettled: readonly Unsettled[];
}

/** One event with its place: the unit in which the audit thinks. */
export interface PlacedEvent extends RecordedEvent {
  readonly service: string;
  readonly entity: string;
  readonly entityId: string;
  readonly seq: number;
  readonly at: number;
  /**
   * It was read in the second round, with what was stored while the first was being read: it may answer for
   * others, but what it leads to may not have been read, so nothing is concluded from its being there.
   */
  readonly late: boolean;
}

/** The events of a commit, each with its place. */
export function* eventsOf(service: string, commit: Commit, late: boolean): Generator<PlacedEvent> {
  const { entity, seq, at } = commit;
  for (const event of commit.body().events)
    yield {
      ...event,
      service,
      entity: `${entity.entityType}/${entity.entityId}`,
      entityId: entity.entityId,
      seq,
      at,
      late,
    };
}
