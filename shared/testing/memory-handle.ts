import { cause as causes, eventIdOf } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';
import { type Commit, newCommit, type RecordedEvent } from '@refrain/event-log';
import type {
  Executed,
  Origin,
  Reaction,
  ReadModel,
  RebuildableModel,
  ServiceDefinition,
  ServiceHandle,
} from '@refrain/runtime';

interface Kept {
  state: unknown;
  seq: number;
  readonly handled: Set<string>;
}

/** Each commit is stored this much after the one before, in milliseconds. */
const COMMIT_EVERY_MS = 1_000;

/**
 * A service's real deciders behind the interface that its doors use, in memory: what is executed is decided
 * and followed at once, hot entities and reactions to own events included. No broker, no repeats, no other
 * services.
 */
export class MemoryHandle implements ServiceHandle {
  readonly service: string;
  readonly platformId = 'platform';
  readonly commits: Commit[] = [];
  readonly #deciders: ReadonlyMap<string, AnyDecider>;
  readonly #reactions: readonly Reaction[];
  readonly #entities = new Map<string, Kept>();
  readonly #models: ReadModel[] = [];

  constructor({ contract, deciders, hot, reactions }: ServiceDefinition) {
    this.service = contract.$contract.service;
    const all = [...deciders, ...hot.map(({ decider }) => decider)].map(({ $decider }) => $decider);
    this.#deciders = new Map(all.map((decider) => [decider.entityType, decider]));
    const own = [...hot.flatMap(({ answers }) => answers), ...reactions];
    this.#reactions = own.filter(({ event }) => event.service === this.service);
  }

  async execute(command: Command, { cause, correlation, traceparent }: Origin): Promise<Executed> {
    const entity = this.#entityOf(command.entityType, command.entityId);
    const because = { cause, reaction: command.name, correlation, trace: traceparent };
    const events = this.#decide(command, because);
    return { state: entity.state, events, replayed: events.length === 0 };
  }

  async stateOf(entityType: string, entityId: string): Promise<{ state: unknown; seq: number }> {
    const { state, seq } = this.#entityOf(entityType, entityId);
    return { state, seq };
  }

  follow(model: ReadModel | RebuildableModel): void {
    this.#models.push(model, ...('rebuild' in model ? [model.beside] : []));
    this.catchUp();
  }

  /** Brings every read model up to date, in pages of `pageSize`. */
  catchUp(pageSize = 500): void {
    for (const model of this.#models)
      while (!model.isIdle?.()) {
        const page = this.commits.slice(model.position()?.seq ?? 0).slice(0, pageSize);
        const last = page.at(-1);
        if (last) model.apply(page, { seq: last.seq, commitId: last.id });
        if (page.length === pageSize) continue;
        model.atEnd?.();
        break;
      }
  }

  #entityOf(entityType: string, entityId: string): Kept {
    const key = `${entityType}/${entityId}`;
    const state = this.#deciders.get(entityType)?.initialState;
    const entity = this.#entities.get(key) ?? { state, seq: 0, handled: new Set() };
    this.#entities.set(key, entity);
    return entity;
  }

  #decide(command: Command, because: Pick<RecordedEvent, 'cause' | 'reaction' | 'correlation' | 'trace'>) {
    const { entityType, entityId } = command;
    const decider = this.#deciders.get(entityType);
    if (!decider) throw new Error(`${this.service} has no entity ${entityType}`);
    const kept = this.#entityOf(entityType, entityId);
    const handled = `${because.cause} ${because.reaction}`;
    if (kept.handled.has(handled)) return [];
    const { platformId, service } = this;
    const decided = decider.decide(kept.state, command);
    const events: RecordedEvent[] = decided.map(({ type, version, data }, i) => {
      const index = decided.slice(0, i).filter((event) => event.type === type).length;
      const parts = { platformId, service, entityType, entityId, type, index };
      return { id: eventIdOf({ ...parts, ...because }), type, version, ...because, data };
    });
    kept.handled.add(handled);
    if (events.length === 0) {
      const data = { cause: because.cause, reaction: because.reaction };
      events.push({ id: `noted ${handled}`, type: 'refrain.Noted', version: 1, ...because, data });
    }
    for (const event of decided) kept.state = decider.evolve(kept.state, event);
    this.#append(kept, { service, entityType, entityId }, events);
    for (const event of events) this.#react(event);
    return events;
  }

  #append(kept: Kept, entity: Commit['entity'], events: readonly RecordedEvent[]): void {
    const { id, body } = newCommit({ entity, expected: kept.seq, events });
    kept.seq = this.commits.length + 1;
    this.commits.push({
      entity,
      seq: kept.seq,
      id,
      at: kept.seq * COMMIT_EVERY_MS,
      types: events.map(({ type, version }) => `${type}.${version}`),
      bytes: Buffer.byteLength(body),
      body: () => ({ events }),
    });
    this.catchUp();
  }

  #react(event: RecordedEvent): void {
    for (const { event: heard, name, toCommand } of this.#reactions)
      if (heard.type === event.type) {
        const { correlation, trace } = event;
        this.#decide(toCommand(event.data), {
          cause: causes.event(event.id),
          reaction: name,
          correlation,
          trace,
        });
      }
  }
}
