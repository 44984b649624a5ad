import { type Commit, nameOf } from '@refrain/event-log';
import { dueAtOf, EntityState, type EntityKind, type Operation, registryOf } from '@refrain/runtime';
import { UsageError } from '../errors.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

/** What an entity is, from its commits alone. */
export interface EntityReport {
  readonly service: string;
  readonly entity: string;
  /** The sequence, the id and the time of its last commit. */
  readonly seq: number;
  readonly commitId: string;
  readonly at: string;
  readonly state: unknown;
  readonly operations: readonly OperationReport[];
}

export interface OperationReport {
  readonly id: string;
  readonly effect: string;
  readonly status: Operation['status'];
  /** The number of the last attempt on record; 0 before the first. */
  readonly attempts: number;
  readonly lastFailure?: string;
  readonly due?: string;
}

const iso = (at: number): string => new Date(at).toISOString();

export function reportOf(found: EntityState, at: number): EntityReport {
  const { entity, seq, commitId, state, operations } = found;
  return {
    service: entity.service,
    entity: nameOf(entity),
    seq,
    commitId,
    at: iso(at),
    state,
    operations: [...operations.values()].map((operation) => ({
      id: operation.id,
      effect: operation.effect,
      status: operation.status,
      attempts: operation.n,
      ...(operation.last && { lastFailure: operation.last.failure }),
      ...(operation.status === 'open' && { due: iso(dueAtOf(operation)) }),
    })),
  };
}

/** How a service folds each type of its entities, `intake` included. */
export type Kinds = ReadonlyMap<string, EntityKind>;

export function kindsOfShop(): ReadonlyMap<string, Kinds> {
  return new Map(
    shopDefinitions()
      .map(registryOf)
      .map(({ contract, kinds }) => [contract.service, kinds]),
  );
}

/** @throws UsageError naming what there is. */
export function kindOf(service: string, entityType: string, command: string): EntityKind {
  const shop = kindsOfShop();
  const kinds = shop.get(service);
  if (!kinds) throw unknown(command, 'service', { found: service, expected: [...shop.keys()] });
  const kind = kinds.get(entityType);
  const types = { found: entityType, expected: [...kinds.keys()] };
  if (!kind) throw unknown(command, `entity type of ${service}`, types);
  return kind;
}

/** A name that is none, with those that there are. */
export const unknown = (
  command: string,
  what: string,
  { found, expected }: { found: string; expected: readonly string[] },
): UsageError =>
  new UsageError(
    `refrain ${command}: unknown ${what} "${found}", expected one of ${expected.join(', ')}. Nothing was read.`,
  );

/** The states of all entities of a service, by their names. Holds all of them in memory. */
export class ServiceStates {
  readonly #kinds: Kinds;
  readonly #states = new Map<string, { state: EntityState; at: number }>();

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
  }

  add(commit: Commit): void {
    const { entity, at } = commit;
    const name = nameOf(entity);
    const kind = this.#kinds.get(entity.entityType);
    if (!kind) return; // of a build that knew more
    const state = this.#states.get(name)?.state ?? new EntityState(entity, kind);
    state.apply(commit);
    this.#states.set(name, { state, at });
  }

  /** Sorted by name: the same log gives the same list. */
  reports(): EntityReport[] {
    const names = [...this.#states.keys()].sort();
    return names.flatMap((name) => {
      const found = this.#states.get(name);
      return found ? [reportOf(found.state, found.at)] : [];
    });
  }
}
