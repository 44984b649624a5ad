import { type Entity, nameOf } from '@refrain/event-log';
import type { LetterOnRecord } from './dead-letter-fold.ts';
import type { ListedLetter } from './dead-letter-list.ts';
import type { Effect } from './definition.ts';
import { dueAtOf } from './open-operations.ts';
import { isHeld, type Operation } from './operations.ts';

/**
 * - `open`: due, or under way. `parked`: due later, by its alarm, or held by the governor.
 * - `waiting`: given up with the outcome unknown. `defect`: something of ours is wrong.
 * - `closed`: its outcome is on record.
 */
export type OperationPlace = 'open' | 'parked' | 'waiting' | 'defect' | 'closed';

/** An operation as people see it. Times are ISO 8601. STABLE: a surface of the doors. */
export interface OperationView {
  readonly id: string;
  readonly service: string;
  readonly entity: string;
  readonly flow: string;
  readonly effect: string;
  readonly dependency: string;
  readonly state: OperationPlace;
  readonly since: string;
  /** The last attempt on record, and how many the rule has. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** When it goes on by itself; absent where the governor holds it again, which is not on record. */
  readonly due?: string;
  readonly lastFailure?: { name: string; class: string; happened: string; reason?: string; at: string };
  /** The governor's word holds the next attempt; `until` as long as the first hold lasts. */
  readonly held?: { until?: string; reason?: string };
  /** What a person asked for, and what is not done yet. */
  readonly asked?: 'retry' | 'cancel';
  /** The error of ours that stopped it, and its dead letter. */
  readonly defect?: { letter: string; error: string };
  /** Only a person can bring it on: the words that do. */
  readonly needs?: readonly ('verdict' | 'redrive')[];
}

const iso = (at: number): string => new Date(at).toISOString();

export function operationView(
  { entity, operation }: { entity: Entity; operation: Operation },
  effect: Effect | undefined,
  letter: ListedLetter | undefined,
  now: number,
): OperationView {
  const { id, n, last, status, hurried, cancelled } = operation;
  const due = dueAtOf(operation);
  const held = isHeld(operation) ? operation.held : undefined;
  const asksOn = effect?.close !== undefined || effect?.lookup !== undefined;
  const goesOn = status === 'open' || (status === 'waiting' && asksOn);
  return {
    id,
    service: entity.service,
    entity: nameOf(entity),
    flow: operation.intent.correlation,
    effect: operation.effect,
    dependency: effect?.rule.dependency ?? 'unknown',
    state: status === 'open' && (held || due > now) ? 'parked' : status,
    since: iso(operation.at),
    attempts: n,
    attemptsMax: effect?.rule.retry.attempts ?? 0,
    ...(goesOn && (!held || due > now) && { due: iso(due) }),
    ...(last && { lastFailure: failureOf(last) }),
    ...(held && { held: holdOf(held, now) }),
    ...(status !== 'closed' && cancelled && { asked: 'cancel' as const }),
    ...(status !== 'closed' && hurried && !cancelled && { asked: 'retry' as const }),
    ...(letter && { defect: { letter: letter.id, error: letter.error } }),
    ...needs(status, asksOn),
  };
}

function needs(status: string, asksOn: boolean): Pick<OperationView, 'needs'> {
  if (status === 'defect') return { needs: ['redrive', 'verdict'] };
  return status === 'waiting' && !asksOn ? { needs: ['verdict'] } : {};
}

function holdOf(
  { until, reason }: NonNullable<Operation['held']>,
  now: number,
): NonNullable<OperationView['held']> {
  return { ...(until > now && { until: iso(until) }), ...(reason && { reason }) };
}

function failureOf(last: NonNullable<Operation['last']>): NonNullable<OperationView['lastFailure']> {
  const { failure: name, class: kind, happened, reason, at } = last;
  return { name, class: kind, happened, ...(reason && { reason }), at: iso(at) };
}

/** A dead letter as people see it. STABLE: a surface of the doors. */
export interface LetterView {
  readonly id: string;
  readonly group: string;
  readonly service: string;
  readonly entity: string;
  readonly flow: string;
  readonly cause: string;
  readonly reaction: string;
  readonly operation?: string;
  readonly error: string;
  readonly at: string;
  /** A person drove it again, and it is not decided yet. */
  readonly redriven?: { by: string; why: string; at: string };
  /** Today's code has what it needs to decide it again. */
  readonly redrivable: boolean;
  /** What was to be decided, in the details only. */
  readonly event?: unknown;
}

export function letterView(letter: ListedLetter, more: Partial<LetterOnRecord> = {}): LetterView {
  const { id, group, entity, correlation, cause, reaction, operation, error, at, redriven } = letter;
  return {
    id,
    group,
    service: entity.service,
    entity: nameOf(entity),
    flow: correlation,
    cause,
    reaction,
    ...(operation !== undefined && { operation }),
    error,
    at: iso(at),
    ...(redriven && { redriven: { ...redriven, at: iso(redriven.at) } }),
    redrivable: operation !== undefined || letter.hasEvent,
    ...(more.event && { event: more.event }),
  };
}

export interface Page {
  /** Most items; default 100. */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

const PAGE_DEFAULT = 100;

/**
 * The items behind the cursor, which stays good when items before it vanish: `<time>-<id>`, in the order of
 * both.
 */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  timeOf: (item: T) => number,
  { limit = PAGE_DEFAULT, after }: Page,
): { readonly items: readonly T[]; readonly next?: string } {
  const cursorOf = (item: T): string => `${String(timeOf(item)).padStart(16, '0')}-${item.id}`;
  const found = items
    .map((item) => ({ item, cursor: cursorOf(item) }))
    .sort((a, b) => (a.cursor < b.cursor ? -1 : 1))
    .filter(({ cursor }) => after === undefined || cursor > after);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    ...(found.length > limit && last && { next: last.cursor }),
  };
}
