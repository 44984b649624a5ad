import { RefrainError } from '@refrain/errors';
import type { RecordedEvent } from './commit.ts';
import { type Entity, entityOfSubject, subjectOf } from './entity.ts';

/**
 * An event of the log as CloudEvents 1.0 (structured mode, JSON). Extension names are lower-case letters, as
 * it wants.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataversion: number;
  readonly cause: string;
  readonly reaction: string;
  readonly correlation: string;
  readonly operation?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly data: unknown;
}

/** Maps one recorded event to CloudEvents. Nothing is lost: `fromCloudEvent` gives it back. */
export const toCloudEvent = (entity: Entity, event: RecordedEvent, at: number): CloudEvent => ({
  specversion: '1.0',
  id: event.id,
  source: `/refrain/${entity.service}`,
  type: event.type,
  subject: subjectOf(entity),
  time: new Date(at).toISOString(),
  datacontenttype: 'application/json',
  dataversion: event.version,
  cause: event.cause,
  reaction: event.reaction,
  correlation: event.correlation,
  ...(event.operation !== undefined && { operation: event.operation }),
  ...(event.trace !== undefined && { traceparent: event.trace }),
  data: event.data,
});

/** The way back. @throws RF_COMMIT_INVALID when the subject names no entity. */
export function fromCloudEvent(ce: CloudEvent): { entity: Entity; event: RecordedEvent; at: number } {
  const entity = entityOfSubject(ce.subject);
  if (!entity)
    throw new RefrainError('RF_COMMIT_INVALID', {
      stream: ce.source,
      seq: 0,
      problem: `"${ce.subject}" is no entity's subject`,
    });
  const event: RecordedEvent = {
    id: ce.id,
    type: ce.type,
    version: ce.dataversion,
    cause: ce.cause,
    reaction: ce.reaction,
    correlation: ce.correlation,
    ...(ce.operation !== undefined && { operation: ce.operation }),
    ...(ce.traceparent !== undefined && { trace: ce.traceparent }),
    data: ce.data,
  };
  return { entity, event, at: Date.parse(ce.time) };
}
