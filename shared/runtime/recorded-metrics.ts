import type { ContractInfo, PlatformData } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import { caught } from './measured.ts';
import { attributeValues } from './metric-declarations.ts';
import type { Attributes, Metrics } from './metrics.ts';

/** Counts what a service has recorded, and what each event means for operations and compensations. */
export type CountRecorded = (events: readonly RecordedEvent[], now: number) => void;

/** What an event type says by itself, looked up once and not for each event. */
interface Meaning {
  readonly event: Attributes;
  readonly begun: Attributes | undefined;
  readonly compensations: readonly Attributes[];
}

/** Counts the events of one service, by its contract alone. */
export function recordedCounter(metrics: Metrics, contract: ContractInfo): CountRecorded {
  const meanings = new Map<string, Meaning>();
  beginAtZero(metrics, contract);
  const dependencyOf = (effect: string): string => contract.effects[effect]?.dependency ?? 'none';
  return (events, now) => {
    for (const event of events) {
      let meaning = meanings.get(event.type);
      if (!meaning) meanings.set(event.type, (meaning = meaningOf(contract, event.type)));
      metrics.add('refrain_events_total', 1, meaning.event);
      if (meaning.begun && event.operation !== undefined)
        metrics.add('refrain_operations_begun_total', 1, meaning.begun);
      for (const stage of meaning.compensations) metrics.add('refrain_compensations_total', 1, stage);
      const count = ofPlatform[event.type];
      // What the platform records of an operation carries the effect's name where a reaction stands.
      const undone = contract.effects[event.reaction]?.undoes;
      count?.(metrics, { event, now, dependency: dependencyOf(event.reaction), undone });
    }
  };
}

/** A counter that appears with its first 1 shows no increase: what a person is woken by begins at 0. */
function beginAtZero(metrics: Metrics, { effects }: ContractInfo): void {
  for (const of of attributeValues.of) metrics.add('refrain_dead_letters_total', 0, { of });
  for (const { undoes: event } of Object.values(effects)) {
    if (event === undefined) continue;
    for (const stage of attributeValues.stage)
      metrics.add('refrain_compensations_total', 0, { event, stage });
  }
}

interface Told {
  readonly event: RecordedEvent;
  readonly now: number;
  readonly dependency: string;
  /** What the operation undoes, where it is a compensation. */
  readonly undone: string | undefined;
}

const ofPlatform: Readonly<Record<string, (metrics: Metrics, told: Told) => void>> = {
  'refrain.AttemptFailed': (metrics, { event, dependency }) => {
    const { delayMs, delayBy, replayed } = event.data as PlatformData<'refrain.AttemptFailed'>;
    const reason = delayBy === 'outage' ? 'outage' : 'backoff';
    metrics.record('refrain_wait_seconds', delayMs / 1_000, { reason, dependency });
    if (replayed) caught(metrics, 'provider key');
  },
  'refrain.Held': (metrics, { event, now, dependency }) => {
    const { hold, until } = event.data as PlatformData<'refrain.Held'>;
    const seconds = Math.max(0, Date.parse(until) - now) / 1_000;
    metrics.record('refrain_wait_seconds', seconds, { reason: hold, dependency });
  },
  'refrain.Defect': (metrics, { event, undone }) => {
    const { operation } = event.data as PlatformData<'refrain.Defect'>;
    metrics.add('refrain_dead_letters_total', 1, { of: operation === undefined ? 'cause' : 'operation' });
    if (operation !== undefined && undone !== undefined)
      metrics.add('refrain_compensations_total', 1, { event: undone, stage: 'stuck' });
  },
};

function meaningOf(contract: ContractInfo, type: string): Meaning {
  const [effect, rule] = Object.entries(contract.effects).find(([, { after }]) => after === type) ?? [];
  return {
    event: { event: type },
    begun: effect !== undefined && rule ? { dependency: rule.dependency, effect } : undefined,
    compensations: compensationsOf(contract, type),
  };
}

/** Which steps of which compensations an event is, by its contract. */
export function compensationsOf(contract: ContractInfo, type: string): readonly Attributes[] {
  const steps: Attributes[] = [];
  for (const { after, undoes: event } of Object.values(contract.effects))
    if (event !== undefined && after === type) steps.push({ event, stage: 'begun' });
  for (const [event, undo] of Object.entries(contract.undoneBy))
    if (undo === type) steps.push({ event, stage: 'done' });
  for (const { undoes: event, failures } of Object.values(contract.effects)) {
    const givesUp = Object.values(failures).some((f) => f.class !== 'rejected' && f.givingUp === type);
    if (event !== undefined && givesUp) steps.push({ event, stage: 'stuck' });
  }
  return steps;
}
