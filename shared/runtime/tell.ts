import { type Entity, nameOf, type RecordedEvent } from '@refrain/event-log';
import type { Log } from './ports.ts';
import { traceIdOf } from './trace-context.ts';

/** What the platform records about its own work: told to those who look closely only. */
const QUIET: ReadonlySet<string> = new Set([
  'refrain.Noted',
  'refrain.AttemptStarted',
  'refrain.AttemptFailed',
]);

/** One line per recorded event, with every id that leads to it. */
export function tellRecorded(logger: Log, entity: Entity, events: readonly RecordedEvent[]): void {
  for (const { id, type, cause, correlation, operation, trace } of events) {
    const traceId = trace && traceIdOf(trace);
    const fields = { entity: nameOf(entity), event: id, cause, correlation, operation, traceId };
    if (QUIET.has(type)) logger.debug(fields, type);
    else logger.info(fields, type);
  }
}
