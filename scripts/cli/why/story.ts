import { traceIdOf } from '@refrain/contract-kit';
import { nameOf } from '@refrain/event-log';
import { foldOperations, nextAction, type Operation, type Operations, parseOutcome } from '@refrain/runtime';
import type { FoundOperation, PlacedEvent } from './find.ts';
import { type About, sentencesOf } from './sentences.ts';
import { plural } from '../plural.ts';

/** One thing that is on record about an operation. */
export interface Step {
  readonly at: string;
  readonly seq: number;
  readonly type: string;
  readonly sentences: readonly string[];
  readonly cause: string;
  readonly data: unknown;
}

/** All that the log says of an operation. */
export interface Story {
  readonly operation: string;
  readonly service: string;
  readonly entity: string;
  readonly flow: string;
  readonly effect: string;
  readonly dependency: string;
  readonly status: Operation['status'];
  /** Those that failed or were marked as started, and the one that was answered. */
  readonly attempts: number;
  readonly trace: string | undefined;
  readonly steps: readonly Step[];
  /** What follows, and what a person can do. */
  readonly next: string;
}

const iso = (at: number): string => new Date(at).toISOString();

/** Tells an operation from the log. Pure; `now` is what "due" is held against. */
export function storyOf({ registry, entity, events }: FoundOperation, id: string, now: number): Story {
  const { contract } = registry;
  let operations: Operations = new Map();
  for (const { event, at } of events) operations = foldOperations(operations, { event, at }, contract);
  const operation = operations.get(id);
  if (!operation) throw new Error(`${nameOf(entity)} does not fold to the operation ${id}`);
  const verdicts = new Set(events.filter(({ event }) => isVerdictOn(event, id)).map(({ seq }) => seq));
  const effect = registry.effects.get(operation.effect);
  const about = { operation: id, isUnsafe: effect?.rule.repeat.kind === 'unsafe' };
  const steps = events.flatMap((placed) =>
    stepOf(placed, { ...about, at: placed.at, byPerson: verdicts.has(placed.seq) }),
  );
  const { trace } = operation.intent;
  return {
    operation: id,
    service: entity.service,
    entity: nameOf(entity),
    flow: operation.intent.correlation,
    effect: operation.effect,
    dependency: effect?.rule.dependency ?? 'unknown',
    status: operation.status,
    attempts: Math.max(operation.n, ...events.map(({ event }) => answeredIn(event, id))),
    trace: trace && traceIdOf(trace),
    steps,
    next: nextOf(operation, effect, now),
  };
}

/** The attempt that an event is the answer to, which did not fail; 0 if it is another's, or a defect. */
function answeredIn({ type, cause }: PlacedEvent['event'], id: string): number {
  const outcome = type.startsWith('refrain.') ? undefined : parseOutcome(cause);
  return outcome?.operation === id ? outcome.n : 0;
}

const isVerdictOn = ({ type, data }: PlacedEvent['event'], id: string): boolean =>
  type === 'refrain.Verdict' && (data as { operation: string }).operation === id;

function stepOf({ event, seq, at }: PlacedEvent, about: About): Step[] {
  const sentences = sentencesOf(event, about);
  const { type, cause, data } = event;
  return sentences.length === 0 ? [] : [{ at: iso(at), seq, type, sentences, cause, data }];
}

type EffectFound = FoundOperation['registry']['effects'] extends ReadonlyMap<string, infer E> ? E : never;

function nextOf(operation: Operation, effect: EffectFound | undefined, now: number): string {
  const { id, status } = operation;
  const verdict = `npx refrain verdict ${id} happened|not-happened --why "…"`;
  if (status === 'closed') return 'Its outcome is on record; nothing follows.';
  if (status === 'defect')
    return `It waits for a person: npx refrain dead-letters redrive ${id} --why "…", or ${verdict}.`;
  if (!effect) return 'This build does not know its effect; the build that does goes on with it.';
  const canClose = effect.close !== undefined;
  const canLookUp = effect.lookup !== undefined;
  const action = nextAction(operation, effect.rule, { now, wanted: true, canClose, canLookUp });
  if (action.do === 'wait') return `The next step is due at ${iso(action.until)}.`;
  if (action.do === 'nothing') return `Nobody but a person can know what came of it: ${verdict}.`;
  if (action.do === 'settle') return 'The provider is asked what became of it; that is due now.';
  if (action.do === 'give up') return 'It is given up; that is due now.';
  return `Attempt ${action.n} is due now.`;
}

export function linesOf(story: Story): string[] {
  const { operation, service, entity, flow, effect, dependency, status, attempts, trace, steps } = story;
  return [
    `operation ${operation}: ${effect} of ${service} ${entity}, order ${flow}, at ${dependency}`,
    `${status}, ${plural(attempts, 'attempt')} on record${trace === undefined ? '' : `, trace ${trace}`}`,
    ...steps.flatMap(({ at, sentences }) =>
      sentences.map((sentence, index) => `${index === 0 ? at : ' '.repeat(at.length)}  ${sentence}`),
    ),
    story.next,
  ];
}
