import type { Commit, Entity } from '@refrain/event-log';
import { type FieldChange, fieldChanges } from '@refrain/replay';
import { type EntityKind, EntityState, knownEvent } from '@refrain/runtime';
import { type EntityReport, reportOf } from '../shop-log/entity-states.ts';

/** What one event changed. */
export interface EventChanges {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly id: string;
  readonly cause: string;
  /** Fields of the state. */
  readonly changes: readonly FieldChange[];
  /** Fields of the entity's operations, by operation. */
  readonly operations: Readonly<Record<string, readonly FieldChange[]>>;
}

/**
 * What each event of an entity changed, event by event. `isTold`: the commits that are told; the others are
 * only folded.
 * @throws what today's code cannot read.
 */
export function changesOf(
  entity: Entity,
  kind: EntityKind,
  commits: readonly Commit[],
  isTold: (commit: Commit) => boolean,
): EventChanges[] {
  const found = new EntityState(entity, kind);
  return commits.flatMap((commit) => {
    if (isTold(commit)) return changesIn(found, commit);
    found.apply(commit);
    return [];
  });
}

/** Folds one more commit, event by event, and tells what each of them changed. */
export function changesIn(found: EntityState, commit: Commit): EventChanges[] {
  const { seq, at, id } = commit;
  const { entity, kind } = found;
  return commit.body().events.map((event) => {
    const before = reportOf(found, at);
    found.applyKnown([knownEvent(event, kind.contract, entity)], { seq, id, at });
    const after = reportOf(found, at);
    const { type, cause } = event;
    const changes = fieldChanges(before.state, after.state);
    const operations = operationChanges(before, after);
    return { seq, at: after.at, type, id: event.id, cause, changes, operations };
  });
}

function operationChanges(before: EntityReport, after: EntityReport): EventChanges['operations'] {
  const earlier = new Map(before.operations.map(({ id, ...fields }) => [id, fields]));
  const changed = after.operations.map(({ id, ...fields }) => {
    return [id, fieldChanges(earlier.get(id), fields)] as const;
  });
  return Object.fromEntries(changed.filter(([, changes]) => changes.length > 0));
}

/** The changes for a person: an event a line, and under it a line for each field. */
export function linesOf(events: readonly EventChanges[]): string[] {
  return events.flatMap(({ seq, at, type, changes, operations }) => [
    `${seq}  ${at}  ${type}`,
    ...changes.map((change) => `    ${changeLine(change)}`),
    ...Object.entries(operations).flatMap(([id, list]) =>
      list.map((change) => `    operation ${id}${change.path && `.${change.path}`}: ${sidesOf(change)}`),
    ),
  ]);
}

/** `lines[0].quantity: 1 -> 2`, `refund: (none) -> "issued"`. */
export const changeLine = (change: FieldChange): string => `${change.path || 'value'}: ${sidesOf(change)}`;

function sidesOf(change: FieldChange): string {
  const shown = (has: boolean, value: unknown): string => (has ? short(value) : '(none)');
  return `${shown('before' in change, change.before)} -> ${shown('after' in change, change.after)}`;
}

/** Longest value that is shown whole, in characters; `--json` has all of it. */
const SHOWN_MAX = 160;

/** A value on one line. */
export function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}
