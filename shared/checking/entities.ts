import { canonicalJson, type ContractInfo, type DomainEvent } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';
import { Bug } from '@refrain/errors';
import type { Effect, ServiceDefinition } from '@refrain/runtime';

/** One entity of the model, by its number. */
export interface ModelEntity {
  readonly number: number;
  readonly service: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly decider: AnyDecider;
  /** The local state it begins with. */
  readonly initial: number;
}

/**
 * How far an operation is. `world` is the truth outside: `unsettled` until a call has acted (`done`) or can
 * act no more (`never`), whatever the log says.
 */
export interface ModelOperation {
  /** Its number among all operations of the model. */
  readonly number: number;
  readonly status: 'open' | 'started' | 'waiting' | 'closed';
  readonly world: 'unsettled' | 'done' | 'never';
  /** How often it was given up, or asked to end, before its time. */
  readonly failures: number;
  /** How often its success was brought to the log. */
  readonly successes: number;
  /** How often a person spoke. */
  readonly words: number;
}

/** What one entity knows, and how far its operations are. The same is one number wherever it appears. */
export interface Local {
  readonly number: number;
  readonly entity: ModelEntity;
  readonly state: unknown;
  readonly operations: readonly ModelOperation[];
}

/** One effect of one entity: its calls, and the data of its intent. */
export interface OperationFacts {
  readonly number: number;
  readonly id: string;
  readonly effect: Effect;
  readonly entity: ModelEntity;
  readonly intent: unknown;
}

/**
 * All entities, what each may know, and all operations, as numbers. Deciders are pure, so that what one
 * decided for a local state and a command is decided once.
 */
export class Entities {
  readonly all: ModelEntity[] = [];
  readonly operations: OperationFacts[] = [];
  readonly #services: ReadonlyMap<string, ServiceDefinition>;
  readonly #byName = new Map<string, ModelEntity>();
  readonly #locals: Local[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #operationNumbers = new Map<string, number>();

  constructor(services: readonly ServiceDefinition[]) {
    this.#services = new Map(services.map((s) => [s.contract.$contract.service, s]));
  }

  /** @throws Bug where the service has no such entity. */
  entity(service: string, entityType: string, entityId: string): ModelEntity {
    const name = `${service} ${entityType}/${entityId}`;
    const known = this.#byName.get(name);
    if (known) return known;
    const definition = this.#services.get(service);
    const deciders = [...(definition?.deciders ?? []), ...(definition?.hot ?? []).map((h) => h.decider)];
    const decider = deciders.find(({ $decider }) => $decider.entityType === entityType)?.$decider;
    if (!decider) throw new Bug(`${service} decides nothing for ${entityType}. Nothing was checked.`);
    const parts = { number: this.all.length, service, entityType, entityId, decider };
    const entity = { ...parts, initial: this.#locals.length };
    this.all.push(entity);
    this.#byName.set(name, entity);
    this.local(entity, decider.initialState, []);
    return entity;
  }

  of(service: string, { entityType, entityId }: Command): ModelEntity {
    return this.entity(service, entityType, entityId);
  }

  find(service: string, entityType: string, entityId: string): ModelEntity | undefined {
    return this.#byName.get(`${service} ${entityType}/${entityId}`);
  }

  at(number: number): Local {
    return this.#locals[number] as Local;
  }

  /** The local state of these parts, under the number it always has. */
  local(entity: ModelEntity, state: unknown, operations: readonly ModelOperation[]): Local {
    const progress = operations.map((o) => [o.number, o.status, o.world, o.failures, o.successes, o.words]);
    const key = `${entity.number} ${canonicalJson(state)} ${JSON.stringify(progress)}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return this.at(known);
    const local = { number: this.#locals.length, entity, state, operations };
    this.#locals.push(local);
    this.#numbers.set(key, local.number);
    return local;
  }

  operation(entity: ModelEntity, effect: Effect, ordinal: number, intent: unknown): OperationFacts {
    const id = `${entity.entityType}-${entity.entityId}-${effect.name}-${ordinal}`;
    const key = `${entity.service} ${id} ${canonicalJson(intent)}`;
    const known = this.#operationNumbers.get(key);
    if (known !== undefined) return this.operations[known] as OperationFacts;
    const facts = { number: this.operations.length, id, effect, entity, intent };
    this.operations.push(facts);
    this.#operationNumbers.set(key, facts.number);
    return facts;
  }

  /** @throws Bug where there is no such service. */
  contractOf(service: string): ContractInfo {
    const definition = this.#services.get(service);
    if (!definition) throw new Bug(`There is no service ${service}. Nothing was checked.`);
    return definition.contract.$contract;
  }

  effectAfter(service: string, type: string): Effect | undefined {
    return this.#services.get(service)?.effects.find(({ rule }) => rule.after === type);
  }

  /** A local state after these events: they are folded, and intents among them begin operations. */
  after(local: Local, operations: readonly ModelOperation[], events: readonly DomainEvent[]): Local {
    let { state } = local;
    const ops = [...operations];
    const { entity } = local;
    for (const event of events) {
      state = entity.decider.evolve(state, event);
      const effect = this.effectAfter(entity.service, event.type);
      if (!effect) continue;
      const ordinal = ops.filter((o) => this.operations[o.number]?.effect === effect).length;
      const { number } = this.operation(entity, effect, ordinal, event.data);
      ops.push({ number, status: 'open', world: 'unsettled', failures: 0, successes: 0, words: 0 });
    }
    return this.local(entity, state, ops);
  }
}
