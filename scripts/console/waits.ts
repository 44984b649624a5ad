import type { Wait } from '@refrain/console/api';
import type { PlatformData } from '@refrain/contract-kit';
import { parseOutcome } from '@refrain/runtime';
import { type FailedAttempt, nextStepDueAt } from '../cli/shop-log/next-step.ts';
import type { FlowEvent } from '../cli/trace/flow-events.ts';
import type { OutsideFact } from '../cli/trace/tree.ts';

/** Shorter waits are left out, in milliseconds: the broker's and the services' ordinary pace. */
const WAIT_MS_MIN = 50;

interface Known {
  /** In the order of their times. */
  readonly events: readonly FlowEvent[];
  /** Calls tell when an attempt really began; without them its end bounds that. */
  readonly facts: readonly OutsideFact[];
  /** The operations that are not attempted again where they may have happened. */
  readonly unsafe: ReadonlySet<string>;
  readonly now: number;
}

/**
 * Why nothing happened for a while, told from the log and from the calls that arrived outside. Pure. What a
 * service has not heard yet is not told: the log does not say that it will.
 */
export function waitsOf({ events, ...known }: Known): Wait[] {
  const waits = [...heardLate(events), ...operationsOf(events).flatMap((one) => waitsOfOne(one, known))];
  return waits.filter(({ ms }) => ms >= WAIT_MS_MIN).sort((a, b) => a.from - b.from);
}

const spanOf = (from: number, to: number): Pick<Wait, 'from' | 'to' | 'ms'> => ({ from, to, ms: to - from });

/** From an event to the first thing that a service recorded because of it. */
function heardLate(events: readonly FlowEvent[]): Wait[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const seen = new Set<string>();
  return events.flatMap(({ cause, service, entity, at, type }): Wait[] => {
    const [kind, id = ''] = cause.split(':');
    const because = kind === 'event' ? byId.get(id) : undefined;
    if (!because || type === 'refrain.Redrive' || seen.has(`${cause} ${entity}`)) return [];
    seen.add(`${cause} ${entity}`);
    const says = `${because.type} was recorded; ${service} answered it ${at - because.at} ms later`;
    return [{ reason: 'lag', ...spanOf(because.at, at), service, entity, says }];
  });
}

/** An operation and all that is on record about it. */
interface Operation {
  readonly id: string;
  readonly begun: FlowEvent;
  readonly records: readonly FlowEvent[];
}

function operationsOf(events: readonly FlowEvent[]): Operation[] {
  return events
    .filter(({ operation, type }) => operation !== undefined && !type.startsWith('refrain.'))
    .map((begun) => ({
      id: begun.operation ?? '',
      begun,
      records: events.filter((event) => isAbout(event, begun.operation ?? '')),
    }));
}

const isAbout = ({ type, data, cause }: FlowEvent, id: string): boolean =>
  parseOutcome(cause)?.operation === id ||
  (type.startsWith('refrain.') && (data as { operation?: string }).operation === id);

function waitsOfOne(
  { id, begun, records }: Operation,
  { facts, unsafe, now }: Omit<Known, 'events'>,
): Wait[] {
  const calls = facts.filter(({ kind, operationId }) => kind === 'call' && operationId === id);
  const { service, entity } = begun;
  const of = { service, entity, operation: id };
  const nextAfter = (at: number): number | undefined => {
    const later = [...records, ...calls].map((one) => one.at).filter((one) => one > at);
    return later.length === 0 ? undefined : Math.min(...later);
  };
  const saidAfter = (at: number): number | undefined =>
    records.find((record) => record.at > at && isSaid(record))?.at;
  const lasting = (from: number, to: number | undefined): Pick<Wait, 'from' | 'to' | 'ms'> =>
    to === undefined ? { from, ms: Math.max(0, now - from) } : spanOf(from, to);
  const waits: Wait[] = [];
  const first = nextAfter(begun.at);
  const begins =
    first === undefined ? 'nothing has come of it yet' : `it went on ${first - begun.at} ms later`;
  const says = `${begun.type} was recorded; ${begins}`;
  waits.push({ reason: 'lag', ...lasting(begun.at, first), ...of, attempt: 1, says });
  for (const record of records) {
    if (record.type === 'refrain.AttemptFailed') {
      const due = nextStepDueAt(record.at, record.data as FailedAttempt, unsafe.has(id));
      if (due === undefined) waits.push(inDoubt(record, lasting(record.at, saidAfter(record.at)), of));
      else waits.push(...untilRepeated(record, { due, next: nextAfter(record.at), now }, of));
    }
    if (record.type === 'refrain.Held')
      waits.push(held(record, lasting(record.at, nextAfter(record.at)), of));
  }
  return waits;
}

type Of = Pick<Wait, 'service' | 'entity' | 'operation'>;

/** When the next attempt was due, and when it came. */
interface Course {
  readonly due: number;
  readonly next: number | undefined;
  readonly now: number;
}

/** Until it was due by the rule, and then until it really went on. */
function untilRepeated({ at, data }: FlowEvent, { due, next, now }: Course, of: Of): Wait[] {
  const { n, failure, delayBy } = data as FailedAttempt;
  const dueAt = new Date(due).toISOString();
  const end = next ?? now;
  const reason = delayBy === 'outage' ? 'outage' : 'backoff';
  const until = Math.min(due, end);
  const waits: Wait[] = [
    {
      reason,
      from: at,
      ...((next !== undefined || now >= due) && { to: until }),
      ms: until - at,
      ...of,
      attempt: n + 1,
      says: `attempt ${n} failed (${failure}); the next one was due at ${dueAt}, ${why[delayBy]}`,
    },
  ];
  if (end > due)
    waits.push({
      reason: 'schedule late',
      from: due,
      ...(next !== undefined && { to: next }),
      ms: end - due,
      ...of,
      attempt: n + 1,
      says: `attempt ${n + 1} was due at ${dueAt} and went on ${end - due} ms later`,
    });
  return waits;
}

/** What came of it is on record: that it was given up meanwhile says nothing of that. */
const isSaid = ({ type, cause }: FlowEvent): boolean =>
  type === 'refrain.Verdict' ||
  ['ok', 'happened', 'not-happened'].includes(parseOutcome(cause)?.verdict ?? '');

function inDoubt({ data }: FlowEvent, span: Pick<Wait, 'from' | 'to' | 'ms'>, of: Of): Wait {
  const { n, failure } = data as FailedAttempt;
  const says = `attempt ${n} failed (${failure}) and may have happened; a person says whether it did`;
  return { reason: 'verdict', ...span, ...of, attempt: n, says };
}

const why: Readonly<Record<FailedAttempt['delayBy'], string>> = {
  rule: 'by the rule',
  'retry-after': 'as the provider asked',
  outage: 'since an outage is waited out at the longest delay',
  question: 'since it was a question',
};

function held({ data }: FlowEvent, span: Pick<Wait, 'from' | 'to' | 'ms'>, of: Of): Wait {
  const { n, hold, reason } = data as PlatformData<'refrain.Held'>;
  return {
    reason: hold,
    ...span,
    ...of,
    attempt: n,
    says: `attempt ${n} was due and held (${hold}): ${reason}`,
  };
}
