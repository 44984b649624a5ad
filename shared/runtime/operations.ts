import {
  type ContractInfo,
  type FailureClass,
  type Happened,
  isPlatformEvent,
  isQuestion,
  platformEvents,
} from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';

/** The last failed call of an operation, as it stands in the log. */
export interface FailedAttempt {
  readonly n: number;
  readonly round: number;
  readonly step: string;
  readonly failure: string;
  readonly class: FailureClass;
  readonly happened: Happened;
  readonly replayed: boolean;
  /** When it was stored, and when the next attempt is due: milliseconds since 1970. */
  readonly at: number;
  readonly dueAt: number;
  /** What the provider said, or what else went wrong. */
  readonly reason?: string;
}

/**
 * - `open`: to be done.
 * - `waiting`: given up with the outcome unknown; the provider is asked on, a human may speak.
 * - `defect`: something of ours is wrong; a human has to look.
 * - `closed`: its outcome is recorded.
 */
export type OperationStatus = 'open' | 'waiting' | 'defect' | 'closed';

/** One effect of one entity, folded from the log. */
export interface Operation {
  readonly id: string;
  readonly effect: string;
  readonly status: OperationStatus;
  /** The intent: its event, and when it was stored. */
  readonly intent: RecordedEvent;
  readonly at: number;
  /** The number of the last attempt on record; 0 before the first. */
  readonly n: number;
  /** Failed attempts that count towards the rule's last one: all but those of an outage. */
  readonly counted: number;
  readonly last?: FailedAttempt | undefined;
  /** A failure of this round after which the world may have changed. */
  readonly unknownFailure?: string | undefined;
  /** The last failures on record, by which a record that is made again is known. */
  readonly recent?: readonly { readonly n: number; readonly failure: string; readonly dueAt: string }[];
  /** The traceparent of the first attempt that is on record: what comes later is linked to it. */
  readonly first?: string | undefined;
  /** What earlier steps returned. */
  readonly progress: Readonly<Record<string, string>>;
  /** The start mark of an attempt that has no outcome yet (unsafe effects). */
  readonly started?: { readonly n: number; readonly runner: string; readonly at: number } | undefined;
  /** The attempt that the governor's word held last, and until when it then expected to. */
  readonly held?:
    | {
        readonly n: number;
        readonly until: number;
        readonly reason?: string | undefined;
        /** It may have been called already, by who left no record of it. */
        readonly again?: boolean | undefined;
      }
    | undefined;
  /** A person wants the next step now, and said so at that time. */
  readonly hurried?: boolean | undefined;
  readonly hurriedAt?: number | undefined;
  /** A person wants no further attempt. */
  readonly cancelled?: boolean | undefined;
  /** When, and after which attempt, it was given up with the outcome unknown. */
  readonly waitingSince?: number | undefined;
  readonly waitingFrom?: number | undefined;
  /** What a person said last of its outcome, and after which attempt. */
  readonly verdict?: { readonly happened: boolean; readonly n: number; readonly at: number } | undefined;
}

export type Operations = ReadonlyMap<string, Operation>;

/**
 * Whether the governor's word holds its next attempt. Held again and again it is on record once, so the
 * "until" may be over.
 */
export const isHeld = ({ held, n }: Pick<Operation, 'held' | 'n'>): boolean =>
  held !== undefined && held.n > n;

interface Stored {
  readonly event: RecordedEvent;
  readonly at: number;
}

/** The effect that an event is the intent of. */
export function effectAfter(contract: ContractInfo, type: string): string | undefined {
  for (const [name, rule] of Object.entries(contract.effects)) if (rule.after === type) return name;
  return undefined;
}

/** `outcome:<operationId>:<n>:<verdict>` in its parts. */
export function parseOutcome(cause: string): { operation: string; n: number; verdict: string } | undefined {
  const [kind, operation, n, verdict] = cause.split(':');
  return kind === 'outcome' && operation && n && verdict ? { operation, n: Number(n), verdict } : undefined;
}

/** `found:<operationId>:<ref>`: the operation of an act that the provider knew and the log did not. */
export function parseFound(cause: string): string | undefined {
  const [kind, operation, ref] = cause.split(':');
  return kind === 'found' && operation && ref ? operation : undefined;
}

/** So many attempts can pass while an acknowledgement is on its way. */
const RECENT_MAX = 8;

function withFailure(operation: Operation, { event, at }: Stored): Operation {
  const f = platformEvents['refrain.AttemptFailed'].parse(event.data);
  // A call in a new round means that the old key can act no more and the provider knew of nothing: the past
  // is settled.
  const called = !isQuestion(f.step);
  const earlier =
    called && operation.last && f.round > operation.last.round ? undefined : operation.unknownFailure;
  return {
    ...operation,
    first: operation.first ?? event.trace,
    n: Math.max(operation.n, f.n), // a late record never turns the count back
    counted: f.class === 'outage' ? operation.counted : operation.counted + 1,
    // By the log's time: the clock of the process that failed may have been wrong.
    last: { ...f, at, dueAt: at + f.delayMs },
    unknownFailure: f.happened === 'unknown' ? f.failure : earlier,
    progress: { ...operation.progress, ...f.progress },
    // A late record of another attempt takes no mark away: whoever made it may be sending now.
    started: operation.started?.n === f.n ? undefined : operation.started,
    hurried: undefined,
    recent: [...(operation.recent ?? []), { n: f.n, failure: f.failure, dueAt: f.dueAt }].slice(-RECENT_MAX),
  };
}

function withOutcome(
  operation: Operation,
  verdict: string,
  { event, at }: Stored,
  { effects, waits }: ContractInfo,
): Operation {
  const isSaid = operation.verdict?.n === operation.n;
  // An unsafe call has a mark on record before it is made: that there is none since a person said "it did not
  // happen" leaves nothing unknown. A keyed call may have been made without a trace.
  const isOver = isSaid && effects[operation.effect]?.repeat.kind === 'unsafe';
  if (verdict === 'gave-up' && waits.includes(event.type) && !isOver)
    return {
      ...operation,
      status: 'waiting',
      // Given up again, it waits for a person's word again.
      verdict: isSaid ? undefined : operation.verdict,
      waitingSince: at,
      waitingFrom: operation.n,
      started: undefined,
    };
  return { ...operation, status: 'closed', started: undefined };
}

/** It did not happen, a person says: another attempt is safe, and the rule begins anew. */
const reopened = ({ last, ...operation }: Operation, at: number): Operation => ({
  ...operation,
  status: 'open',
  counted: 0,
  ...(last && { last: { ...last, happened: 'no' } }),
  unknownFailure: undefined,
  started: undefined,
  waitingSince: undefined,
  waitingFrom: undefined,
  hurried: true,
  hurriedAt: at,
  cancelled: undefined,
});

type Fold = (operation: Operation, stored: Stored) => Operation;

const platformFolds: Readonly<Record<string, Fold>> = {
  'refrain.AttemptFailed': withFailure,
  'refrain.AttemptStarted': (operation, { event, at }) => {
    const { n, runner } = platformEvents['refrain.AttemptStarted'].parse(event.data);
    const first = operation.first ?? event.trace;
    return { ...operation, first, n: Math.max(operation.n, n), started: { n, runner, at } };
  },
  'refrain.Held': (operation, { event }) => {
    const { n, until, reason, again } = platformEvents['refrain.Held'].parse(event.data);
    return { ...operation, held: { n, until: Date.parse(until), reason, ...(again && { again }) } };
  },
  'refrain.Defect': (operation) => ({ ...operation, status: 'defect' }),
  'refrain.Redrive': (operation, { at }) => ({
    ...operation,
    status: operation.waitingSince === undefined ? 'open' : 'waiting',
    hurried: true,
    hurriedAt: at,
  }),
  'refrain.RetryRequested': (operation, { at }) => ({ ...operation, hurried: true, hurriedAt: at }),
  'refrain.CancelRequested': (operation, { at }) => ({
    ...operation,
    cancelled: true,
    hurried: true,
    hurriedAt: at,
  }),
  'refrain.Verdict': (operation, { event, at }) => {
    const { happened } = platformEvents['refrain.Verdict'].parse(event.data);
    const verdict = { happened, n: operation.n, at };
    if (happened) return { ...operation, status: 'closed', started: undefined, verdict };
    return { ...reopened(operation, at), verdict };
  },
};

const withPlatformEvent: Fold = (operation, stored) => {
  const fold = platformFolds[stored.event.type];
  // What came of it is on record: a later word about it, be it a double click, changes nothing.
  return fold && operation.status !== 'closed' ? fold(operation, stored) : operation;
};

/** The operations of an entity after one more event. Pure; `contract` is the entity's own. */
export function foldOperations(operations: Operations, stored: Stored, contract: ContractInfo): Operations {
  const { event, at } = stored;
  const put = (operation: Operation): Operations => new Map(operations).set(operation.id, operation);
  if (isPlatformEvent(event.type) && event.type !== 'refrain.Noted') {
    const { operation: id } = event.data as { operation?: string };
    const operation = id === undefined ? undefined : operations.get(id);
    return operation ? put(withPlatformEvent(operation, stored)) : operations;
  }
  let next = operations;
  const outcome = parseOutcome(event.cause);
  const answered = outcome && next.get(outcome.operation);
  if (outcome && answered && answered.status !== 'closed')
    next = put(withOutcome(answered, outcome.verdict, stored, contract));
  const effect = event.operation === undefined ? undefined : effectAfter(contract, event.type);
  if (event.operation === undefined || effect === undefined) return next;
  const operation: Operation = {
    id: event.operation,
    effect,
    status: 'open',
    intent: event,
    at,
    n: 0,
    counted: 0,
    progress: {},
  };
  return new Map(next).set(operation.id, operation);
}
