import { parseOutcome } from '@refrain/runtime';
import { type FailedAttempt, nextStepDueAt, UNPROTECTED } from '../shop-log/next-step.ts';
import type { FlowEvent } from './flow-events.ts';

/**
 * What the world outside says of an operation: a call that arrived, money that moved, a mail that went out.
 */
export interface OutsideFact {
  readonly kind: 'call' | 'ledger' | 'mail';
  /** Who says so. */
  readonly where: 'psp' | 'mail';
  readonly operationId: string;
  /** Milliseconds since 1970, by the clock of the sandbox. */
  readonly at: number;
  readonly text: string;
}

/** One thing that happened in a flow, under what caused it. */
export interface TraceNode {
  readonly kind: 'event' | 'attempt' | OutsideFact['kind'];
  readonly at: number;
  /** Milliseconds since the flow began. */
  readonly afterMs: number;
  /** The service, or the dependency, that it happened at. */
  readonly where: string;
  readonly text: string;
  readonly event?: FlowEvent | undefined;
  readonly children: readonly TraceNode[];
}

/** A node that names its event instead of holding it. */
export interface NamedNode extends Omit<TraceNode, 'event' | 'children'> {
  readonly eventId?: string;
  readonly children: NamedNode[];
}

/** For documents in which the events stand beside the tree. */
export function withoutData({ event, children, ...rest }: TraceNode): NamedNode {
  return { ...rest, ...(event && { eventId: event.id }), children: children.map(withoutData) };
}

interface Growing extends TraceNode {
  readonly children: TraceNode[];
}

interface Flow {
  readonly events: readonly FlowEvent[];
  readonly facts: readonly OutsideFact[];
  /** The operations that are not attempted again where they may have happened. */
  readonly unsafe: ReadonlySet<string>;
}

/**
 * The flow as trees: each event under its cause, siblings by time. What no event of the flow caused is a
 * root.
 */
export function treesOf({ events, facts, unsafe }: Flow): TraceNode[] {
  const start = Math.min(...events.map(({ at }) => at));
  const nodes = new Map<string, Growing>();
  const intents = new Map<string, Growing>();
  const entities = new Map<string, Growing>();
  for (const event of events) {
    const node = nodeOf(event, start, unsafe);
    nodes.set(event.id, node);
    if (event.operation !== undefined && !intents.has(event.operation)) intents.set(event.operation, node);
    if (!entities.has(event.entity)) entities.set(event.entity, node);
  }
  const parentOf = ({ cause, entity }: FlowEvent): Growing | undefined => {
    const [kind, first = ''] = cause.split(':');
    if (kind === 'event') return nodes.get(first);
    if (kind === 'outcome' || kind === 'start') return intents.get(first);
    return kind === 'deadline' ? entities.get(entity) : undefined;
  };
  /** What a person says belongs to what it is about, although nothing in the flow caused it. */
  const aboutOf = ({ type, data }: FlowEvent): Growing | undefined => {
    if (!type.startsWith('refrain.')) return undefined;
    const { operation = '', cause = '' } = data as { operation?: string; cause?: string };
    return intents.get(operation) ?? nodes.get(cause.replace(/^event:/, ''));
  };
  const roots: Growing[] = [];
  for (const event of events) {
    const node = nodes.get(event.id);
    const parent = parentOf(event) ?? aboutOf(event);
    if (node) (parent && parent !== node ? parent.children : roots).push(node);
  }
  for (const { kind, where, operationId, at, text } of facts) {
    intents.get(operationId)?.children.push({ kind, at, afterMs: at - start, where, text, children: [] });
  }
  for (const node of nodes.values()) node.children.sort(byTime);
  return roots.sort(byTime);
}

const order = { call: 0, mail: 1, ledger: 2, attempt: 3, event: 4 } as const;
const byTime = (a: TraceNode, b: TraceNode): number => a.at - b.at || order[a.kind] - order[b.kind];

function nodeOf(event: FlowEvent, start: number, unsafe: Flow['unsafe']): Growing {
  const { type, at, service } = event;
  const kind = type === 'refrain.AttemptFailed' || type === 'refrain.AttemptStarted' ? 'attempt' : 'event';
  return { kind, at, afterMs: at - start, where: service, text: textOf(event, unsafe), event, children: [] };
}

function textOf(event: FlowEvent, unsafe: Flow['unsafe']): string {
  const { type, at, cause, data, operation, reaction } = event;
  if (type === 'refrain.AttemptFailed') return failureText(data as FailedAttempt, at, unsafe);
  if (type === 'refrain.AttemptStarted') return `attempt ${(data as { n: number }).n} started`;
  if (type === 'refrain.Noted') return `nothing to add (${reaction})`;
  if (type === 'refrain.Defect') return `defect of "${reaction}": ${(data as { error: string }).error}`;
  const words = wordText(type, data);
  if (words !== undefined) return words;
  const outcome = parseOutcome(cause);
  const why = outcome ? outcomeText(outcome) : causeText(cause);
  return [type, ...(operation === undefined ? [] : [`operation ${operation}`]), ...why].join(', ');
}

const words: Readonly<Record<string, string>> = {
  'refrain.Redrive': 'drove it again',
  'refrain.Resolved': 'has seen to it otherwise',
  'refrain.RetryRequested': 'wanted the next attempt at once',
  'refrain.CancelRequested': 'wanted no further attempt',
};

/** What a person said, and why. */
function wordText(type: string, data: unknown): string | undefined {
  const { by, why, happened } = data as { by?: string; why?: string; happened?: boolean };
  const word =
    type === 'refrain.Verdict' ? `said that it ${happened ? 'happened' : 'did not happen'}` : words[type];
  return word && `${by} ${word}: ${why}`;
}

function failureText(failed: FailedAttempt, at: number, unsafe: Flow['unsafe']): string {
  const { n, step, failure, class: kind, happened, delayMs, reason, operation } = failed;
  const dueAt = nextStepDueAt(at, failed, unsafe.has(operation));
  const next =
    dueAt === undefined
      ? `not attempted again by itself, since ${UNPROTECTED}`
      : `the next one due after ${Math.round(delayMs)} ms at ${new Date(dueAt).toISOString().slice(11)}`;
  return `attempt ${n} failed at ${step}: ${failure} (${kind}, happened: ${happened}), ${next}: ${reason}`;
}

const verdicts: Readonly<Record<string, string>> = {
  ok: 'done',
  happened: 'it happened, says who was asked',
  'not-happened': 'it never happened, says who was asked',
  'gave-up': 'given up',
};

const outcomeText = ({ n, verdict }: { n: number; verdict: string }): string[] => [
  `attempt ${n}: ${verdicts[verdict] ?? verdict}`,
];

function causeText(cause: string): string[] {
  if (cause.startsWith('request:')) return ['because of a request'];
  return cause.startsWith('deadline:') ? [`because of the deadline ${cause.split(':').at(-1)}`] : [];
}
