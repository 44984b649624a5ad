import {
  type ContractInfo,
  type DomainEvent,
  isPlatformEvent,
  type PlatformData,
  platformEvents,
} from '@refrain/contract-kit';
import type { AnyDecider } from '@refrain/decider';
import { type Commit, type Entity, nameOf, type Position, type RecordedEvent } from '@refrain/event-log';
import { RefrainError } from '@refrain/errors';
import { foldLetters, letterKey, type LetterOnRecord, type LettersOnRecord } from './dead-letter-fold.ts';
import { foldMatters, type OpenSince } from './matters.ts';
import { effectAfter, foldOperations, type Operation, type Operations } from './operations.ts';
import { isPlain, type Snapshot } from './snapshot.ts';
import type { EntityKind } from './registry.ts';

/** What the log says of one entity. Made from its commits and nothing else; thrown away at any doubt. */
export class EntityState {
  readonly entity: Entity;
  readonly kind: EntityKind;
  state: unknown;
  /** The sequence of its last commit, which the next append expects; 0 for none. */
  seq = 0;
  commitId = '';
  cursor: Position | undefined;
  operations: Operations = new Map();
  /** What the business waits for here. */
  matters: OpenSince = new Map();
  /** Its dead letters: what nobody could decide, and nothing has answered yet. */
  letters: LettersOnRecord = new Map();
  /** `cause reaction` of all that was decided. A hot entity keeps none: its cursor says what was answered. */
  readonly #handled = new Set<string>();
  readonly #asksCauses: boolean;
  /** How often it recorded, for a cause and a reaction, what may be recorded for them more than once. */
  readonly #repeated = new Map<string, number>();
  /** How many intents each effect has had: the ordinal of the next one. */
  readonly #intents = new Map<string, number>();

  /** How many commits it has folded since it was last kept as a snapshot, or began. */
  unkept = 0;

  /** `asksCauses`: false forgets what was handled, see `HostOptions.protections`. */
  constructor(entity: Entity, kind: EntityKind, asksCauses = true) {
    this.entity = entity;
    this.kind = kind;
    this.state = kind.decider?.initialState;
    this.#asksCauses = asksCauses;
  }

  isHandled(cause: string, reaction: string): boolean {
    return this.#asksCauses && this.#handled.has(`${cause} ${reaction}`);
  }

  /** A dead letter of this cause is on record: it waits for a person. */
  isDead(cause: string, reaction: string): boolean {
    const letter = this.letters.get(letterKey(cause, reaction));
    return letter !== undefined && letter.redriven === undefined;
  }

  /**
   * How many events of this type it has recorded for this cause and reaction: the index of the next one. What
   * was driven again and fails again is another dead letter, under another id.
   */
  recordedFor(type: string, { cause, reaction }: Pick<RecordedEvent, 'cause' | 'reaction'>): number {
    return this.#repeated.get(`${type} ${cause} ${reaction}`) ?? 0;
  }

  intentsOf(effect: string): number {
    return this.#intents.get(effect) ?? 0;
  }

  /**
   * Folds a commit read from the log.
   * @throws RF_STATE_FOREIGN where it was made on another commit than the last one folded; nothing changes.
   * RF_EVENT_NEWER, RF_EVENT_UNKNOWN, RF_COMMIT_INVALID.
   */
  apply(commit: Commit): void {
    const { seq, expected } = commit;
    if (expected !== undefined && expected !== this.seq)
      throw new RefrainError('RF_STATE_FOREIGN', {
        entity: nameOf(this.entity),
        known: this.seq,
        seq,
        expected,
      });
    const { events, cursor } = commit.body();
    const known = events.map((event) => knownEvent(event, this.kind.contract, this.entity));
    this.applyKnown(known, { seq: commit.seq, id: commit.id, at: commit.at, cursor });
  }

  /** Folds events of the current versions: those this process has just appended. */
  applyKnown(
    events: readonly RecordedEvent[],
    at: { seq: number; id: string; at: number; cursor?: Position | undefined },
  ): void {
    for (const event of events) this.#fold(event, at.at);
    const { matters } = this.kind;
    if (matters.length > 0)
      this.matters = foldMatters(
        matters,
        this.matters,
        events.map(({ type }) => type),
        at.at,
      );
    this.seq = at.seq;
    this.commitId = at.id;
    this.unkept++;
    if (at.cursor) this.cursor = at.cursor;
  }

  /** All that it is, to be kept; `undefined` where its state is more than JSON can say. */
  snapshot(): Snapshot | undefined {
    const operations = [...this.operations.values()];
    if (!isPlain(this.state) || !operations.every(({ intent }) => isPlain(intent.data))) return undefined;
    const data: KeptEntity = {
      state: this.state,
      cursor: this.cursor,
      operations,
      letters: [...this.letters],
      handled: [...this.#handled],
      repeated: [...this.#repeated],
      intents: [...this.#intents],
      matters: [...this.matters],
    };
    return { position: { seq: this.seq, commitId: this.commitId }, data };
  }

  /** Becomes what a snapshot of it says. It must be empty before. */
  restore({ position, data }: Snapshot): void {
    const kept = data as KeptEntity;
    this.state = kept.state;
    this.cursor = kept.cursor;
    this.operations = new Map(kept.operations.map((operation) => [operation.id, operation]));
    this.letters = new Map(kept.letters);
    for (const handled of kept.handled) this.#handled.add(handled);
    for (const [key, times] of kept.repeated) this.#repeated.set(key, times);
    for (const [effect, times] of kept.intents) this.#intents.set(effect, times);
    this.matters = new Map(kept.matters);
    this.seq = position.seq;
    this.commitId = position.commitId;
  }

  #remember(event: RecordedEvent): void {
    const { type, cause, reaction, data } = event;
    if (REPEATED.has(type) || cause.endsWith(':gave-up'))
      this.#repeated.set(`${type} ${cause} ${reaction}`, this.recordedFor(type, event) + 1);
    // A defect did not handle its cause: it is decided again when it is driven again.
    if (type === 'refrain.Defect' || this.kind.hot) return;
    this.#handled.add(`${cause} ${reaction}`);
    if (type !== 'refrain.Resolved') return;
    const resolved = data as PlatformData<'refrain.Resolved'>;
    this.#handled.add(`${resolved.cause} ${resolved.reaction}`);
  }

  #fold(event: RecordedEvent, at: number): void {
    this.#remember(event);
    this.letters = foldLetters(this.letters, { event, at });
    if (this.kind.contract.effects)
      this.operations = foldOperations(this.operations, { event, at }, this.kind.contract);
    if (isPlatformEvent(event.type)) return;
    if (event.operation !== undefined) {
      const effect = effectAfter(this.kind.contract, event.type);
      if (effect !== undefined) this.#intents.set(effect, this.intentsOf(effect) + 1);
    }
    const domain: DomainEvent = {
      type: event.type,
      service: this.entity.service,
      version: event.version,
      data: event.data,
    };
    this.state = (this.kind.decider as AnyDecider).evolve(this.state, domain);
  }
}

/** An entity as a snapshot holds it. */
interface KeptEntity {
  readonly state: unknown;
  readonly cursor: Position | undefined;
  readonly operations: readonly Operation[];
  readonly letters: readonly (readonly [string, LetterOnRecord])[];
  readonly handled: readonly string[];
  readonly repeated: readonly (readonly [string, number])[];
  readonly intents: readonly (readonly [string, number])[];
  readonly matters: readonly (readonly [string, number])[];
}

/** What may be recorded more than once for one cause and reaction. */
const REPEATED: ReadonlySet<string> = new Set(['refrain.Defect', 'refrain.Verdict']);

/**
 * A stored event in its present version.
 * @throws RF_EVENT_NEWER, RF_EVENT_UNKNOWN, RF_EVENT_INVALID for what this build cannot read.
 */
export function knownEvent(event: RecordedEvent, contract: ContractInfo, entity: Entity): RecordedEvent {
  if (isPlatformEvent(event.type)) return knownOfPlatform(event);
  const type = contract.types[event.type];
  if (!type)
    throw new RefrainError('RF_EVENT_UNKNOWN', {
      type: event.type,
      service: `${entity.service} (${nameOf(entity)})`,
    });
  return { ...event, version: type.version, data: type.parse(event.version, event.data) };
}

/** Events of the platform have one version so far; a later one is a newer build's. */
function knownOfPlatform(event: RecordedEvent): RecordedEvent {
  if (event.type in platformEvents && event.version === 1) return event;
  throw new RefrainError('RF_EVENT_NEWER', {
    type: event.type,
    version: event.version,
    known: event.type in platformEvents ? 1 : 0,
  });
}
