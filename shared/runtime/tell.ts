import { type ContractInfo, isPlatformEvent, traceIdOf } from '@refrain/contract-kit';
import { type Entity, nameOf, type RecordedEvent } from '@refrain/event-log';
import { parseOutcome } from './operations.ts';
import type { Log } from './ports.ts';
import { compensationsOf } from './recorded-metrics.ts';

/** What the platform records about its own work: told to those who look closely only. */
const QUIET: ReadonlySet<string> = new Set([
  'refrain.Noted',
  'refrain.AttemptStarted',
  'refrain.AttemptFailed',
]);

/**
 * Whether an event is as it should be, and one of many. Never is: what the platform records of an attempt, a
 * hold, a defect or a person's word; an outcome that is no success, or took more than one attempt; giving up;
 * a step of a compensation. Its line is there whatever the sample.
 */
export function isRoutine(
  contract: ContractInfo,
  { type, cause }: Pick<RecordedEvent, 'type' | 'cause'>,
): boolean {
  if (isPlatformEvent(type)) return type === 'refrain.Noted';
  const outcome = parseOutcome(cause);
  if (outcome && (outcome.verdict !== 'ok' || outcome.n > 1)) return false;
  return !isCompensation(contract, type);
}

const compensating = new WeakMap<ContractInfo, Map<string, boolean>>();

/** Remembered by contract and type: it is asked of every event, several times. */
function isCompensation(contract: ContractInfo, type: string): boolean {
  const known = compensating.get(contract) ?? new Map<string, boolean>();
  compensating.set(contract, known);
  const is = known.get(type) ?? compensationsOf(contract, type).length > 0;
  known.set(type, is);
  return is;
}

/** Tells recorded events, one line for each, with every id that leads to it. */
export function tellRecorded(
  logger: Log,
  contract: ContractInfo,
  entity: Entity,
  events: readonly RecordedEvent[],
): void {
  for (const event of events) {
    const { id, type, cause, correlation, operation, trace } = event;
    const traceId = trace && traceIdOf(trace);
    const fields = { entity: nameOf(entity), event: id, cause, correlation, operation, traceId };
    const level = QUIET.has(type) ? 'debug' : 'info';
    if (isRoutine(contract, event)) logger.routine(level, fields, type);
    else logger[level](fields, type);
  }
}
