import type { ContractInfo } from '@refrain/contract-kit';
import { type Commit, type Entity, nameOf, parseType, type Position } from '@refrain/event-log';
import { LRUCache } from 'lru-cache';
import type { ReadModel } from './handle.ts';
import { foldOperations, type Operation, type Operations } from './operations.ts';

export interface OpenOperation {
  readonly entity: Entity;
  readonly operation: Operation;
}

/** When an operation should have gone on, in milliseconds since 1970. */
export const dueAtOf = ({ at, last, waitingSince, held, hurried, hurriedAt }: Operation): number =>
  // A person's "now" makes it due at that moment, whatever it waited for; the governor may still hold it.
  hurried
    ? Math.max(hurriedAt ?? at, held?.until ?? 0)
    : Math.max(at, last?.dueAt ?? 0, waitingSince ?? 0, held?.until ?? 0);

/** How many closed operations are remembered by name, so that who asks for one is told that it is closed. */
const CLOSED_MAX = 10_000;

/** An entity and its operations that are open. */
type KeptOpen = [Entity, Operation[]];
interface KeptOperations {
  readonly open: KeptOpen[];
  /** By name, the one closed last at the end. */
  readonly closed: [string, Entity][];
}

/**
 * The service's operations without an outcome, from its log alone. Bounded by the work that is open; of what
 * is closed, the last 10,000 names are kept.
 */
export class OpenOperations implements ReadModel {
  readonly #contract: ContractInfo;
  /** The types of events that begin an operation. */
  readonly #intents: ReadonlySet<string>;
  readonly #open = new Map<string, { entity: Entity; operations: Operations }>();
  readonly #closed = new LRUCache<string, Entity>({ max: CLOSED_MAX });
  readonly #onUnreadable: (commit: Commit, error: unknown) => void;
  #position: Position | undefined;

  constructor(contract: ContractInfo, onUnreadable: (commit: Commit, error: unknown) => void = () => {}) {
    this.#contract = contract;
    this.#intents = new Set(Object.values(contract.effects).map(({ after }) => after));
    this.#onUnreadable = onUnreadable;
  }

  position(): Position | undefined {
    return this.#position;
  }

  reset(): void {
    this.#open.clear();
    this.#position = undefined;
  }

  /** All that it holds, to be kept. */
  kept(): unknown {
    const open = [...this.#open.values()].map(
      ({ entity, operations }): KeptOpen => [entity, [...operations.values()]],
    );
    return { open, closed: [...this.#closed.entries()].toReversed() } satisfies KeptOperations;
  }

  /** Becomes what was kept at that position. It must be empty before. */
  restore(kept: unknown, position: Position): void {
    const { open, closed } = kept as KeptOperations;
    for (const [entity, operations] of open)
      this.#open.set(nameOf(entity), { entity, operations: new Map(operations.map((one) => [one.id, one])) });
    for (const [id, entity] of closed) this.#closed.set(id, entity);
    this.#position = position;
  }

  apply(commits: readonly Commit[], position: Position): void {
    for (const commit of commits) this.#tryFold(commit);
    this.#position = position;
  }

  /** A commit that cannot be read keeps only its own entity's operations from being seen. */
  #tryFold(commit: Commit): void {
    try {
      this.#fold(commit);
    } catch (error) {
      this.#onUnreadable(commit, error);
    }
  }

  #fold(commit: Commit): void {
    const key = nameOf(commit.entity);
    const begins = commit.types.some((text) => this.#intents.has(parseType(text).type));
    if (!begins && !this.#open.has(key)) return; // nothing of it is open
    let operations: Operations = this.#open.get(key)?.operations ?? new Map<string, Operation>();
    for (const event of commit.body().events)
      operations = foldOperations(operations, { event, at: commit.at }, this.#contract);
    const open = [...operations].filter(([, operation]) => operation.status !== 'closed');
    for (const { id, status } of operations.values())
      if (status === 'closed') this.#closed.set(id, commit.entity);
    if (open.length === 0) this.#open.delete(key);
    else this.#open.set(key, { entity: commit.entity, operations: new Map(open) });
  }

  find(id: string): OpenOperation | undefined {
    for (const open of this.all()) if (open.operation.id === id) return open;
    return undefined;
  }

  /** The entity of an operation that is open, or was closed lately. */
  entityOf(id: string): Entity | undefined {
    return this.find(id)?.entity ?? this.#closed.get(id);
  }

  *all(): Generator<OpenOperation> {
    for (const { entity, operations } of this.#open.values())
      for (const operation of operations.values()) yield { entity, operation };
  }
}
