import { isRefrainError, messageOf } from '@refrain/errors';
import { nameOf } from '@refrain/event-log';
import type { EntityState } from './entity-state.ts';
import { replayed } from './measured.ts';
import type { Ports } from './ports.ts';
import { entityName } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** Commits of an entity that are in memory at once. Who has more is looked for among the snapshots. */
const PAGE = 256;

/**
 * Reads entities from the log, page by page. One with a long history is begun at its snapshot, if the log
 * still has the commit that it was taken at; without one it is the same, and takes longer.
 */
export class EntityLoader {
  readonly #ports: Pick<Ports, 'log' | 'logger' | 'metrics'>;
  readonly #snapshots: SnapshotStore | undefined;

  constructor(ports: Pick<Ports, 'log' | 'logger' | 'metrics'>, snapshots?: SnapshotStore) {
    this.#ports = ports;
    this.#snapshots = snapshots;
  }

  /** `empty` makes the entity as it is before its first commit. */
  async loaded(empty: () => EntityState): Promise<EntityState> {
    const entity = empty();
    const kept = entity.kind.hot ? await this.#fromSnapshot(empty()) : undefined;
    if (kept) return kept;
    const isLong = await this.#readPage(entity);
    if (!isLong) return entity;
    const begun = entity.kind.hot ? undefined : await this.#fromSnapshot(empty());
    if (begun) return begun;
    await this.readOn(entity);
    return entity;
  }

  /**
   * Folds what followed. Returns whether anything did.
   * @throws RF_STATE_FOREIGN where what followed was made on another state; it must be dropped then.
   */
  async readOn(entity: EntityState): Promise<boolean> {
    const before = entity.seq;
    while (await this.#readPage(entity));
    return entity.seq > before;
  }

  /**
   * An entity that was known before, with what followed; `undefined` when the log does not hold the commit
   * that it ends with. Where the replica that answers lags, that may show only later: at the next commit.
   */
  async caughtUp(known: EntityState): Promise<EntityState | undefined> {
    try {
      return await this.#caughtUp(known);
    } catch (error) {
      if (isRefrainError(error, 'RF_STATE_FOREIGN')) return undefined;
      throw error;
    }
  }

  async #caughtUp(known: EntityState): Promise<EntityState | undefined> {
    if (known.seq === 0) return undefined;
    const { log } = this.#ports;
    const [first, ...followed] = await log.load(known.entity, known.seq - 1, PAGE + 1);
    if (!first) {
      const last = await log.last(known.entity);
      if (!last || last.seq < known.seq) return undefined;
      // The replica that answered lags.
      return last.seq > known.seq || last.commitId === known.commitId ? known : undefined;
    }
    if (first.seq !== known.seq || first.id !== known.commitId) return undefined;
    for (const commit of followed) known.apply(commit);
    if (followed.length > 0) replayed(this.#ports.metrics, 'entity', followed.length);
    if (followed.length === PAGE) await this.readOn(known);
    return known;
  }

  async #readPage(entity: EntityState): Promise<boolean> {
    const page = await this.#ports.log.load(entity.entity, entity.seq, PAGE);
    for (const commit of page) entity.apply(commit);
    if (page.length > 0) replayed(this.#ports.metrics, 'entity', page.length);
    return page.length === PAGE;
  }

  async #fromSnapshot(empty: EntityState): Promise<EntityState | undefined> {
    const { entityType, entityId } = empty.entity;
    const kept = await this.#snapshots?.read(entityName(entityType, entityId));
    if (!kept) return undefined;
    const { logger } = this.#ports;
    const fields = { entity: nameOf(empty.entity), seq: kept.position.seq };
    try {
      empty.restore(kept);
    } catch (error) {
      logger.warn({ ...fields, error: messageOf(error) }, 'a snapshot cannot be used; the log is read');
      return undefined;
    }
    const found = await this.caughtUp(empty);
    if (!found) logger.warn(fields, 'a snapshot is foreign to the log; the log is read from its beginning');
    return found;
  }
}
