import type { ContractInfo } from '@refrain/contract-kit';
import { type Commit, type Entity, nameOf, type Position } from '@refrain/event-log';
import type { ReadModel } from './handle.ts';
import { foldOperations, type Operation, type Operations } from './operations.ts';

export interface OpenOperation {
  readonly entity: Entity;
  readonly operation: Operation;
}

/** When an operation should have gone on, in milliseconds since 1970. */
export const dueAtOf = ({ at, last, waitingSince, held }: Operation): number =>
  Math.max(at, last?.dueAt ?? 0, waitingSince ?? 0, held?.until ?? 0);

/**
 * The service's operations without an outcome, from its log alone. Bounded by the work that is open; what is
 * closed is forgotten.
 */
export class OpenOperations implements ReadModel {
  readonly #contract: ContractInfo;
  readonly #open = new Map<string, { entity: Entity; operations: Operations }>();
  readonly #onUnreadable: (commit: Commit, error: unknown) => void;
  #position: Position | undefined;

  constructor(contract: ContractInfo, onUnreadable: (commit: Commit, error: unknown) => void = () => {}) {
    this.#contract = contract;
    this.#onUnreadable = onUnreadable;
  }

  position(): Position | undefined {
    return this.#position;
  }

  reset(): void {
    this.#open.clear();
    this.#position = undefined;
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
    let operations: Operations = this.#open.get(key)?.operations ?? new Map<string, Operation>();
    for (const event of commit.body().events)
      operations = foldOperations(operations, { event, at: commit.at }, this.#contract);
    const open = [...operations].filter(([, operation]) => operation.status !== 'closed');
    if (open.length === 0) this.#open.delete(key);
    else this.#open.set(key, { entity: commit.entity, operations: new Map(open) });
  }

  *all(): Generator<OpenOperation> {
    for (const { entity, operations } of this.#open.values())
      for (const operation of operations.values()) yield { entity, operation };
  }
}
