import { type DomainEvent, isPlatformEvent } from '@refrain/contract-kit';
import { type Entity, nameOf, type RecordedEvent } from '@refrain/event-log';
import { foldLetters, knownEvent, type LettersOnRecord } from '@refrain/runtime';
import type { Kind, Lookup } from './decisions.ts';

/** Of entities there are many, and most have none. */
const none: ReadonlyMap<string, never> = new Map<string, never>();

/** An entity as the log has it at one moment of the past: what its decisions were made on, and no more. */
export class PastEntity {
  readonly entity: Entity;
  /** Missing for `intake`, and for a type that only another build knows: nothing is decided there. */
  readonly kind: Kind | undefined;
  readonly name: string;
  readonly #lookup: Lookup;
  /** Never changed in place: who keeps it has the state of that moment. */
  state: unknown;
  /** Dead letters, of which some hold what was to be decided. */
  letters: LettersOnRecord = none;
  /** The first event of each type that a deadline follows from. */
  since: ReadonlyMap<string, RecordedEvent> = none;

  constructor(entity: Entity, lookup: Lookup) {
    this.entity = entity;
    this.name = nameOf(entity);
    this.kind = lookup.kinds.get(entity.entityType);
    this.state = this.kind?.decider.initialState;
    this.#lookup = lookup;
  }

  /** An event in its present version. @throws RF_EVENT_NEWER, RF_EVENT_UNKNOWN, RF_EVENT_INVALID. */
  known(event: RecordedEvent): RecordedEvent {
    return knownEvent(event, this.#lookup.contract, this.entity);
  }

  /** Folds events of the present versions. */
  fold(events: readonly RecordedEvent[], at: number): void {
    for (const event of events) {
      const { type, version, data } = event;
      if (this.letters.size > 0 || type === 'refrain.Defect')
        this.letters = foldLetters(this.letters, { event, at });
      if (isPlatformEvent(type)) continue;
      for (const { after } of this.#lookup.deadlines.values())
        if (after.type === type && !this.since.has(type)) this.since = new Map(this.since).set(type, event);
      const domain: DomainEvent = { type, service: this.entity.service, version, data };
      if (this.kind) this.state = this.kind.decider.evolve(this.state, domain);
    }
  }
}
