import type { ContractInfo, Span, SpanError, Tracing } from '@refrain/contract-kit';
import { isRefrainError, messageOf } from '@refrain/errors';
import type { AppendResult, Delivery, NewCommit, RecordedEvent } from '@refrain/event-log';
import type { Ports } from './ports.ts';
import { isRoutine } from './tell.ts';
import { isDefect } from './trouble.ts';

/** Why a stretch of work failed: by its code where it has one, else `defect` or the name of the error. */
export function spanErrorOf(error: unknown): SpanError {
  const name = error instanceof Error ? error.name : 'Error';
  const type = isRefrainError(error) ? error.code : isDefect(error) ? 'defect' : name;
  return { type, message: messageOf(error).slice(0, 300) };
}

/** What one event means to one entity: below the decision that recorded it. */
export const reactionSpan = (
  tracing: Tracing,
  event: RecordedEvent,
  reaction: string,
  { commit, redelivered }: Pick<Delivery, 'commit' | 'redelivered'>,
  foreign = false,
): Span =>
  tracing.start({
    parent: event.trace,
    flow: event.correlation,
    message: { operation: 'process', of: commit.entity, id: commit.id },
    attributes: {
      'refrain.event': event.type,
      'refrain.reaction': reaction,
      'refrain.redelivered': redelivered || undefined,
    },
    foreign,
    keep: redelivered,
  });

/** What a trace shows whatever the sample is what a log always tells, but for the mark of a first attempt. */
const isKept = (contract: ContractInfo, event: RecordedEvent): boolean =>
  !isRoutine(contract, event) &&
  !(event.type === 'refrain.AttemptStarted' && (event.data as { n?: number }).n === 1);

/**
 * The same events, those among them that a trace always shows with the flag that says so: who hears of them
 * keeps what it does about them, too.
 */
export function withKeptTraces(
  tracing: Tracing,
  contract: ContractInfo,
  events: readonly RecordedEvent[],
): readonly RecordedEvent[] {
  if (!tracing.isOn || !events.some((event) => isKept(contract, event))) return events;
  return events.map((event) =>
    event.trace !== undefined && isKept(contract, event)
      ? { ...event, trace: tracing.keep(event.trace) }
      : event,
  );
}

/** Appends a commit below the decision that made it. */
export async function appendTraced(
  { log, tracing }: Pick<Ports, 'log' | 'tracing'>,
  commit: NewCommit,
): Promise<AppendResult> {
  const [first] = commit.events;
  if (!tracing.isOn || !first) return await log.append(commit);
  const span = tracing.start({
    parent: first.trace,
    flow: first.correlation,
    message: { operation: 'send', of: commit.entity, id: commit.id },
    attributes: { 'refrain.events': commit.events.map(({ type }) => type).join(' ') },
  });
  try {
    const result = await log.append(commit);
    if (result.outcome === 'conflict') span.set({ 'refrain.result': 'conflict' });
    else
      span.set({ 'refrain.result': result.duplicate ? 'duplicate' : 'appended', 'refrain.seq': result.seq });
    span.end();
    return result;
  } catch (error) {
    span.end(spanErrorOf(error));
    throw error;
  }
}
