import { canonicalJson } from '@refrain/contract-kit';
import type { Commit, EventLog, Position } from '@refrain/event-log';
import { DeadLetterList } from './dead-letter-list.ts';
import { EntityState } from './entity-state.ts';
import { OpenMatters } from './open-matters.ts';
import { OpenOperations } from './open-operations.ts';
import type { Registry } from './registry.ts';
import { ownLogName, type Snapshot } from './snapshot.ts';

/** Commits in memory at once. */
const PAGE = 500;

/** What a snapshot of that name must be at its position, made from the log and nothing else. */
export type Replay =
  | { readonly kind: 'replayed'; readonly says: string }
  /** The log does not have the commit that it was taken at, or the code has nothing of that name. */
  | { readonly kind: 'foreign' };

/** Replays the log up to where a snapshot was taken. `says` is what `saysOf` makes of a right one. */
export async function replayOf(
  { log, registry }: { readonly log: EventLog; readonly registry: Registry },
  name: string,
  position: Position,
): Promise<Replay> {
  const { service } = registry.contract;
  const [, entityType = '', entityId = ''] = name.split('.');
  if (name === ownLogName) {
    const [operations, letters] = [new OpenOperations(registry.contract), new DeadLetterList()];
    const matters = new OpenMatters(registry.contract, registry.matters);
    const last = await replay(
      position,
      (from) => log.read(service, from, PAGE),
      (commit) => {
        const at = { seq: commit.seq, commitId: commit.id };
        operations.apply([commit], at);
        letters.apply([commit], at);
        matters.apply([commit], at);
      },
    );
    if (last !== position.commitId) return { kind: 'foreign' };
    const known = { operations: operations.kept(), letters: letters.kept(), matters: matters.kept() };
    return { kind: 'replayed', says: saysOf(name, known) };
  }
  const kind = registry.kinds.get(entityType);
  if (!kind) return { kind: 'foreign' };
  const entity = new EntityState({ service, entityType, entityId }, kind);
  const load = (from: number): Promise<Commit[]> => log.load(entity.entity, from - 1, PAGE);
  const last = await replay(position, load, (commit) => entity.apply(commit));
  if (last !== position.commitId) return { kind: 'foreign' };
  return { kind: 'replayed', says: saysOf(name, (entity.snapshot() as Snapshot).data) };
}

/** The id of the commit at the position, once everything up to it was told. */
async function replay(
  { seq }: Position,
  page: (from: number) => Promise<readonly Commit[]>,
  tell: (commit: Commit) => void,
): Promise<string | undefined> {
  for (let from = 1; from <= seq; ) {
    const commits = await page(from);
    if (commits.length === 0) return undefined;
    for (const commit of commits) {
      if (commit.seq > seq) return undefined;
      tell(commit);
      if (commit.seq === seq) return commit.id;
      from = commit.seq + 1;
    }
  }
  return undefined;
}

interface SaidOperation {
  readonly id: string;
  readonly status: string;
  readonly n: number;
}
interface SaidOwnLog {
  readonly operations: { readonly open: readonly [unknown, readonly SaidOperation[]][] };
  readonly letters: { readonly held: readonly [unknown, readonly [string, unknown][]][] };
  readonly matters: readonly [string, readonly [string, unknown][], readonly [string, number][]][];
}
interface SaidEntity {
  readonly operations: readonly SaidOperation[];
  readonly letters: readonly [string, unknown][];
  readonly matters: readonly [string, unknown][];
}

/**
 * What a snapshot says, in a text that can be compared. Left out is what may differ between processes: the
 * moments at which a process heard that its own commit was stored, and which of what is closed it remembers.
 */
export function saysOf(name: string, data: unknown): string {
  const operation = ({ id, status, n }: SaidOperation): object => ({ id, status, n });
  if (name === ownLogName) {
    const { operations, letters, matters: business } = data as SaidOwnLog;
    const open = operations.open.map(([entity, some]) => [entity, some.map(operation)]);
    const held = letters.held.map(([entity, some]) => [entity, some.map(([key]) => key)]);
    const matters = business.map(([entity, since, worth]) => [
      entity,
      since.map(([matter]) => matter),
      worth,
    ]);
    return canonicalJson({ open, held, matters });
  }
  const { operations, letters, matters, ...entity } = data as SaidEntity;
  const plain = JSON.parse(JSON.stringify(entity)) as object;
  return canonicalJson({
    ...plain,
    operations: operations.map(operation),
    letters: letters.map(([key]) => key),
    matters: matters.map(([matter]) => matter),
  });
}
