import { RefrainError } from '@refrain/errors';
import { nameOf, newCommit, type RecordedEvent } from '@refrain/event-log';
import { LRUCache } from 'lru-cache';
import { EntityLoader } from './entity-loader.ts';
import { EntityState } from './entity-state.ts';
import { tellClosed } from './matters.ts';
import { caught } from './measured.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';
import { entityName } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { Keepable } from './snapshotter.ts';
import { tellRecorded } from './tell.ts';
import { appendTraced, withKeptTraces } from './traced.ts';

/** What a change wants to append, given the entity as the log has it; `undefined` for nothing. */
export type Propose = (entity: EntityState) => readonly RecordedEvent[] | undefined;

/**
 * How sure the state must be before a proposal is made on it. The expected sequence guards every append in
 * any case.
 * - `guess`: the cache, or else the assumption that the entity is new; saves the read for the first event of
 *   a flow.
 * - `cached`: the cache, or else the log.
 * - `fresh`: what the log has now, also where another instance wrote it.
 */
export type Freshness = 'guess' | 'cached' | 'fresh';

/** Told of what is stored; `duplicate`: by an earlier append, perhaps another instance's. */
export type OnAppend = (events: readonly RecordedEvent[], duplicate: boolean) => void;

/** What a change came to. */
export interface Changed {
  readonly entity: EntityState;
  /** What was appended now; empty when the proposal had nothing. */
  readonly events: readonly RecordedEvent[];
  /** How often somebody else wrote the entity in between. */
  readonly conflicts: number;
}

/** How often a decision is made anew when others write the same entity, before the delivery is given back. */
const CONFLICTS_MAX = 8;

/** Most entities that wait to be kept as snapshots; of more, the others wait for their next commit. */
const KEEPABLE_MAX = 100;

/**
 * The entities of a service, each changed by one at a time in this process and guarded against all others by
 * the expected sequence. Keeps up to `entitiesMax` in memory, least recently used first out: a cache, never
 * truth.
 */
export class EntityStore {
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #loader: EntityLoader;
  readonly #keepAfter: number;
  /** By name: what has grown long since it was last kept. */
  readonly #keepable = new Set<string>();
  readonly #cache: LRUCache<string, EntityState>;
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #asksCauses: boolean;
  readonly #onAppend: OnAppend;

  constructor(
    ports: Ports,
    registry: Registry,
    options: {
      entitiesMax: number;
      onAppend: OnAppend;
      asksCauses: boolean;
      snapshots?: SnapshotStore | undefined;
      /** How many commits make an entity worth a snapshot. Default: none do. */
      keepAfter?: number;
    },
  ) {
    this.#ports = ports;
    this.#loader = new EntityLoader(ports, options.snapshots);
    this.#keepAfter = options.keepAfter ?? Number.POSITIVE_INFINITY;
    this.#registry = registry;
    this.#cache = new LRUCache({ max: options.entitiesMax });
    this.#onAppend = options.onAppend;
    this.#asksCauses = options.asksCauses;
  }

  /** The entity as the log has it now. */
  read(entityType: string, entityId: string): Promise<EntityState> {
    return this.#inTurn(`${entityType}/${entityId}`, () => this.#state(entityType, entityId, 'fresh'));
  }

  /**
   * Proposes on the entity's state and appends, again on the new state after each conflict.
   * @throws RF_APPEND_CONFLICT after CONFLICTS_MAX conflicts, RF_APPEND_UNKNOWN; the state is dropped in
   * both.
   */
  change(entityType: string, entityId: string, freshness: Freshness, propose: Propose): Promise<Changed> {
    return this.#inTurn(`${entityType}/${entityId}`, () =>
      this.#change(entityType, entityId, freshness, propose),
    );
  }

  async #change(
    entityType: string,
    entityId: string,
    freshness: Freshness,
    propose: Propose,
  ): Promise<Changed> {
    let conflicts = 0;
    for (let tries = 0; tries < CONFLICTS_MAX; tries++) {
      // Two that meet again and again, or a replica that does not show yet who won: a moment lets it pass.
      if (tries > 1) await this.#ports.clock.sleep(tries * 10 * this.#ports.chance());
      const entity = await this.#state(entityType, entityId, tries === 0 ? freshness : 'fresh');
      let events: readonly RecordedEvent[] | undefined;
      try {
        events = propose(entity);
      } catch (error) {
        this.#cache.delete(nameOf(entity.entity));
        // Perhaps only because the state was a guess, or old.
        if (tries === 0 && freshness !== 'fresh') continue;
        throw error;
      }
      if (!events || events.length === 0) return { entity, events: [], conflicts };
      if (await this.#append(entity, events)) return { entity, events, conflicts };
      conflicts++;
      this.#cache.delete(nameOf(entity.entity));
    }
    throw new RefrainError('RF_APPEND_CONFLICT', {
      entity: `${entityType}/${entityId}`,
      tries: CONFLICTS_MAX,
    });
  }

  async #append(entity: EntityState, decided: readonly RecordedEvent[]): Promise<boolean> {
    const events = withKeptTraces(this.#ports.tracing, entity.kind.contract, decided);
    const commit = newCommit({ entity: entity.entity, expected: entity.seq, events });
    const key = nameOf(entity.entity);
    // While the answer is out the state is in doubt: only a stored commit puts it back.
    this.#cache.delete(key);
    const result = await appendTraced(this.#ports, commit);
    if (result.outcome === 'conflict') return false;
    if (result.duplicate) caught(this.#ports.metrics, 'broker window');
    const { matters } = entity;
    entity.applyKnown(events, { seq: result.seq, id: commit.id, at: result.at });
    if (!result.duplicate) tellClosed(this.#ports.metrics, matters, entity.matters, result.at);
    this.#remember(key, entity);
    tellRecorded(this.#ports.logger, entity.kind.contract, entity.entity, events);
    this.#onAppend(events, result.duplicate);
    return true;
  }

  async #state(entityType: string, entityId: string, freshness: Freshness): Promise<EntityState> {
    const key = `${entityType}/${entityId}`;
    const cached = this.#cache.get(key);
    if (cached && freshness !== 'fresh') return cached;
    if (!cached && freshness === 'guess') return this.#empty(entityType, entityId);
    this.#cache.delete(key); // a commit that cannot be folded leaves nothing half-folded behind
    const loader = this.#loader;
    const entity =
      (cached && (await loader.caughtUp(cached))) ??
      (await loader.loaded(() => this.#empty(entityType, entityId)));
    this.#remember(key, entity);
    return entity;
  }

  #remember(key: string, entity: EntityState): void {
    this.#cache.set(key, entity);
    const isLong = entity.unkept >= this.#keepAfter && !entity.kind.hot; // a hot one is kept where it decides
    if (isLong && this.#keepable.size < KEEPABLE_MAX) this.#keepable.add(key);
  }

  /** What has grown long since it was last kept, as it is in memory then. */
  keepable(): Keepable[] {
    const names = [...this.#keepable];
    this.#keepable.clear();
    return names.map((key) => ({
      name: entityName(...(key.split('/') as [string, string])),
      take: () => {
        const entity = this.#cache.peek(key);
        if (entity) entity.unkept = 0;
        return entity?.snapshot();
      },
    }));
  }

  #empty(entityType: string, entityId: string): EntityState {
    const kind = this.#registry.kinds.get(entityType);
    if (!kind)
      throw new RefrainError('RF_SERVICE', {
        service: this.#registry.contract.service,
        problems: `no entity ${entityType}`,
      });
    const entity = { service: this.#registry.contract.service, entityType, entityId };
    return new EntityState(entity, kind, this.#asksCauses);
  }

  /** One after the other per entity; different entities at the same time. */
  #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key);
    const turn = before ? before.then(work, work) : work();
    this.#turns.set(key, turn);
    const end = (): void => {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    };
    turn.then(end, end);
    return turn;
  }
}
