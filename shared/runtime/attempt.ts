import { type Happened, hash } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { messageOf } from '@refrain/errors';
import type { Clock } from '@refrain/event-log';
import type { Answer, Call, Classified, Effect, Progress } from './definition.ts';
import type { Operation } from './operations.ts';

/**
 * What came of one attempt: a success to record, an answer of the provider, or a failure with what had been
 * done.
 */
export type AttemptResult =
  | { readonly kind: 'success'; readonly command: Command; readonly verdict: 'ok' | 'happened' }
  | { readonly kind: 'answer'; readonly answer: 'not found' | 'never' }
  | {
      readonly kind: 'failed';
      readonly step: string;
      readonly progress: Progress;
      readonly failure: Failure;
    };

/** Why an attempt failed. Not `known`: no failure of the contract or the platform, so a defect of ours. */
export type Failure =
  | {
      readonly known: true;
      readonly name: string;
      /** Where the contract does not have the failure: one of the platform's own. */
      readonly happened?: Happened;
      readonly retryAfterMs: number;
      readonly replayed: boolean;
      readonly reason: string;
    }
  | { readonly known: false; readonly reason: string };

/** What an attempt is made with. */
export interface AttemptContext {
  readonly clock: Clock;
  readonly operation: Operation;
  readonly effect: Effect;
  readonly round: number;
  readonly traceparent: string;
  /** Milliseconds this attempt may take, all its steps together. */
  readonly timeoutMs: number;
}

const isCommand = (value: Command | Progress): value is Command =>
  typeof (value as Partial<Command>).entityType === 'string' && 'data' in value;

const unknownFailureOf = ({ rule }: Effect): string | undefined =>
  Object.entries(rule.failures).find(
    ([, { class: kind, happened }]) => kind === 'transient' && happened === 'unknown',
  )?.[0];

function classify(effect: Effect, error: unknown): Classified {
  try {
    return effect.classify(error);
  } catch {
    return undefined; // an error that not even its classification understands is a defect
  }
}

function failureOf(effect: Effect, error: unknown): Failure {
  const reason = messageOf(error).slice(0, 300);
  const classified =
    classify(effect, error) ?? (error instanceof AttemptTimeout ? unknownFailureOf(effect) : undefined);
  if (classified === undefined) return { known: false, reason };
  const {
    failure,
    retryAfterMs = 0,
    replayed = false,
  } = typeof classified === 'string' ? { failure: classified } : classified;
  if (!(failure in effect.rule.failures))
    return {
      known: false,
      reason: `classify named "${failure}", which the contract does not have: ${reason}`,
    };
  return { known: true, name: failure, retryAfterMs, replayed, reason };
}

/** The attempt's time is over. Whether the call acted is unknown. */
class AttemptTimeout extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Why a timer is ended early. A reason of its own: without one, each abort would make an error with its
 * stack.
 */
const DONE = 'done';

/**
 * Runs `work` with a signal that is aborted when the attempt's time is over; waits no longer than that for
 * it.
 */
export async function within<T>(
  { clock, timeoutMs }: Pick<AttemptContext, 'clock' | 'timeoutMs'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  const timeout = clock.sleep(timeoutMs, done.signal).then((): never => {
    const error = new AttemptTimeout(`no answer within ${timeoutMs} ms`);
    over.abort(error);
    throw error;
  });
  timeout.catch(() => {}); // when the work is done first, nobody listens any more
  try {
    return await Promise.race([work(over.signal), timeout]);
  } finally {
    done.abort(DONE);
  }
}

interface Notes {
  progress: Progress;
}

function callOf(
  { operation, round, traceparent }: AttemptContext,
  step: string,
  signal: AbortSignal,
  notes: Notes,
): Call {
  const { id, intent } = operation;
  const note = (progress: Progress): void => {
    for (const [name, value] of Object.entries(progress))
      if (typeof value !== 'string')
        throw new TypeError(`progress: ${name} is ${typeof value}, expected text`);
    notes.progress = { ...notes.progress, ...progress };
  };
  const names = { operationId: id, correlationId: intent.correlation };
  const keyOf = (other: string): string => `${id}.${round}.${other}`;
  return { key: keyOf(step), keyOf, ...names, traceparent, signal, note };
}

/** Makes the calls of one attempt, step by step; a step whose result is on record is not asked again. */
export async function attempt(context: AttemptContext): Promise<AttemptResult> {
  const { effect, operation } = context;
  const notes: Notes = { progress: operation.progress };
  let step = effect.rule.steps[0] ?? '';
  const end = context.clock.now() + context.timeoutMs;
  try {
    return await within(context, async (signal) => {
      for (step of effect.rule.steps) {
        if (notes.progress[`${step}.done`] !== undefined) continue;
        // A process that was stopped for a while must not send what others by now hold for impossible.
        if (context.clock.now() >= end) throw new AttemptTimeout(`no time left for the step ${step}`);
        const call = callOf(context, step, signal, notes);
        const result = await effect.steps[step]?.(operation.intent.data, call, notes.progress);
        if (result && isCommand(result)) return { kind: 'success', command: result, verdict: 'ok' } as const;
        call.note({ ...(result as Progress), [`${step}.done`]: 'yes' });
      }
      throw new Error('the last step returned no command');
    });
  } catch (error) {
    return { kind: 'failed', step, progress: notes.progress, failure: failureOf(effect, error) };
  }
}

/**
 * Asks the provider what became of the operation (`lookup`), or to make sure that it cannot happen (`close`).
 */
export async function ask(context: AttemptContext, by: 'lookup' | 'close'): Promise<AttemptResult> {
  const { effect, operation } = context;
  const notes: Notes = { progress: operation.progress };
  try {
    const answer: Answer = await within(context, async (signal) => {
      const question = effect[by];
      if (!question) throw new Error(`the effect ${effect.name} has no ${by}`);
      return question(operation.intent.data, callOf(context, by, signal, notes), operation.progress);
    });
    return typeof answer === 'string'
      ? { kind: 'answer', answer }
      : { kind: 'success', command: answer, verdict: 'happened' };
  } catch (error) {
    return { kind: 'failed', step: by, progress: notes.progress, failure: failureOf(effect, error) };
  }
}

/**
 * A name for one try to start an unsafe call, drawn anew for each: equal marks of two instances would both
 * read "mine".
 */
export const runnerName = (instance: string, chance: () => number): string =>
  hash(instance, String(chance()), String(chance())).slice(0, 16);
