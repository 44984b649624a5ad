import { type EntityPage, POSITIONS_MAX } from '@refrain/console/api';
import { type Commit, type Entity, type EventLog, nameOf, parseType } from '@refrain/event-log';
import type { FieldChange } from '@refrain/replay';
import { EntityState } from '@refrain/runtime';
import { changesIn } from '../cli/replay/entity-changes.ts';
import { kindOf, reportOf } from '../cli/shop-log/entity-states.ts';
import { endBehind, isWithin, readPosition } from '../cli/shop-log/log-position.ts';
import type { Mask } from './masking.ts';

/** Commits that are read at once. */
const PAGE = 500;

/**
 * An entity as it was at a place in its log. It is read page by page, so that memory does not grow with its
 * history; `undefined`: the log does not know it.
 * @throws UsageError for a kind that there is not, and for a place that there is not.
 */
export async function entityPageOf(
  log: EventLog,
  entity: Entity,
  typed: string | undefined,
  mask: Mask,
): Promise<EntityPage | undefined> {
  const { service, entityType } = entity;
  const kind = kindOf(service, entityType, 'state');
  const position = readPosition(typed);
  await endBehind(log, service, { 'state: --at': position }, Date.now());
  const found = new EntityState(entity, kind);
  const positions: EntityPage['positions'] = [];
  let total = 0;
  let shown: Commit | undefined;
  for await (const commit of commitsOf(log, entity)) {
    total++;
    positions.push({ ...placeOf(commit), types: commit.types.map((text) => parseType(text).type) });
    if (positions.length > POSITIONS_MAX) positions.shift();
    if (!isWithin(position, commit)) continue;
    // What a commit changed is told of the last one only, and it is the last when no other follows.
    if (shown) found.apply(shown);
    shown = commit;
  }
  if (total === 0) return undefined;
  const changes = shown ? changesIn(found, shown) : [];
  return {
    service,
    entity: nameOf(entity),
    positions,
    truncated: total > positions.length,
    seq: shown?.seq ?? 0,
    at: shown ? placeOf(shown).at : null,
    state: shown ? mask(found.state) : null,
    operations: shown ? [...reportOf(found, shown.at).operations] : [],
    changes: changes.map(({ type, cause, changes: fields, operations }) => ({
      type,
      cause,
      changes: fields.map((field) => masked(field, mask)),
      operations: Object.fromEntries(Object.entries(operations).map(([id, list]) => [id, [...list]])),
    })),
  };
}

const placeOf = ({ seq, at }: Commit): { seq: number; at: string } => ({
  seq,
  at: new Date(at).toISOString(),
});

async function* commitsOf(log: EventLog, entity: Entity): AsyncGenerator<Commit> {
  for (let after = 0; ; ) {
    const page = await log.load(entity, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.seq;
  }
}

const masked = ({ path, ...sides }: FieldChange, mask: Mask): FieldChange => ({
  path,
  ...('before' in sides && { before: mask(sides.before, path) }),
  ...('after' in sides && { after: mask(sides.after, path) }),
});
