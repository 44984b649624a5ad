import { isRefrainError, messageOf } from '@refrain/errors';
import { type Entity, nameOf, newCommit, type Position, type RecordedEvent } from '@refrain/event-log';
import type { HotEntity } from './definition.ts';
import { EntityLoader } from './entity-loader.ts';
import { EntityState } from './entity-state.ts';
import type { OnAppend } from './entity-store.ts';
import { type Answers, HotAnswers } from './hot-answers.ts';
import { behind, readOn } from './own-log.ts';
import { caught } from './measured.ts';
import type { Ports } from './ports.ts';
import type { EntityKind } from './registry.ts';
import { entityName } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { Keepable } from './snapshotter.ts';
import { tellRecorded } from './tell.ts';
import { withKeptTraces } from './traced.ts';
import { conflictPauseMs } from './trouble.ts';
import { Wake } from './wake.ts';

/**
 * How long a woken reader waits for further requests, in milliseconds: a read and a commit serve them all.
 */
const GATHER_MS = 2;

/** Commits read at once. */
const PAGE = 256;

/** What a hot entity is read and answered with. */
export interface HotReaderParts {
  readonly ports: Ports;
  readonly service: string;
  readonly platformId: string;
  readonly hot: HotEntity;
  readonly kind: EntityKind;
  /** Longest time without a look at the log, in milliseconds. */
  readonly everyMs: number;
  readonly onAppend: OnAppend;
  readonly snapshots?: SnapshotStore | undefined;
}

/**
 * `more`: look again at once. `done`: nothing to do for now. `pause`: others are at it, or a replica lags.
 */
type Next = 'more' | 'done' | 'pause';

/**
 * A hot entity as a reader of its own service's log: its cursor stands in its own commits, so answer and
 * progress are one message, two instances race and one wins, and a lost tail cuts request and answer alike.
 */
export class HotReader {
  readonly #parts: HotReaderParts;
  readonly #entity: Entity;
  readonly #answers: HotAnswers;
  readonly #wake: Wake;
  readonly #loader: EntityLoader;
  #state: EntityState | undefined;
  /** How far this process has read; at or behind it stands the cursor of the last commit. */
  #read: Position | undefined;
  #foreignOnce = false;
  #stopped = false;

  constructor(parts: HotReaderParts) {
    this.#parts = parts;
    const { service, kind } = parts;
    const entityId = kind.contract.entities[kind.entityType]?.fixedId ?? 'main';
    this.#entity = { service, entityType: kind.entityType, entityId };
    this.#answers = new HotAnswers({ ...parts, entity: this.#entity });
    this.#wake = new Wake(parts.ports.clock);
    this.#loader = new EntityLoader(parts.ports, parts.snapshots);
  }

  /**
   * An append of this process: a request among them is answered at once, everything else can wait for the
   * timer.
   */
  hint(events: readonly RecordedEvent[]): void {
    if (events.some(({ type }) => this.#answers.isRequest(type))) this.#wake.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  /** Answers until it is told to stop, or until the log is not the one that its cursor stands in. */
  async run(): Promise<void> {
    const { clock, chance } = this.#parts.ports;
    while (!this.#stopped) {
      const next = await this.#tryOnce();
      if (next === 'more' || this.#stopped) continue;
      if (next === 'pause') await clock.sleep(conflictPauseMs(chance));
      else await this.#wake.sleep(this.#parts.everyMs);
      if (!this.#stopped) await clock.sleep(GATHER_MS); // what comes within a moment is answered together
    }
  }

  async #tryOnce(): Promise<Next> {
    const { logger } = this.#parts.ports;
    try {
      return await this.once();
    } catch (error) {
      this.#forget();
      const fields = { entity: nameOf(this.#entity), error: messageOf(error) };
      if (isRefrainError(error, 'RF_LOG_BEHIND')) {
        this.#stopped = true; // the log will say the same however often it is asked
        logger.error(fields, 'a hot entity stopped');
        return 'done';
      }
      logger.warn(fields, 'a hot entity tries again');
      return 'pause';
    }
  }

  #forget(): void {
    this.#state = undefined;
    this.#read = undefined;
  }

  /** Reads one page and answers the requests in it. */
  async once(): Promise<Next> {
    const { log, logger } = this.#parts.ports;
    const state = this.#state ?? (await this.#load());
    const page = await readOn(log, this.#entity.service, this.#read, PAGE);
    if (page.kind === 'lagging') return 'pause';
    if (page.kind === 'foreign') return this.#foreign(page.found);
    this.#foreignOnce = false;
    const answers = this.#answers.answer(state, page.commits);
    const { events, cursor, newer, defects, more } = answers;
    if (newer !== undefined) logger.warn({ event: newer }, 'waits for a newer build of this service');
    for (const error of defects) logger.error({ error }, 'a request was answered as a defect');
    if (cursor === undefined) return 'done';
    const left: Next = newer === undefined && (more || page.commits.length >= PAGE) ? 'more' : 'done';
    if (events.length > 0) return await this.#append(state, answers, cursor, left);
    this.#read = cursor; // nothing was asked: the cursor moves in memory only
    return left;
  }

  /**
   * First the state is dropped and read from the log again; if the cursor is then still foreign, it stops and
   * says so, once: a new process looks again.
   */
  #foreign(found: string): Next {
    const position = this.#read as Position;
    this.#forget();
    if (this.#foreignOnce) throw behind(this.#entity.service, position, nameOf(this.#entity), found);
    this.#foreignOnce = true;
    return 'more';
  }

  async #load(): Promise<EntityState> {
    const state = await this.#loader.loaded(() => new EntityState(this.#entity, this.#parts.kind));
    this.#state = state;
    this.#read = state.cursor;
    return state;
  }

  async #append(state: EntityState, answers: Answers, cursor: Position, left: Next): Promise<Next> {
    const { log, logger, metrics, tracing } = this.#parts.ports;
    const events = withKeptTraces(tracing, state.kind.contract, answers.events);
    const commit = newCommit({ entity: this.#entity, expected: state.seq, events, cursor });
    this.#state = undefined; // in doubt until the answer is there
    const result = await log.append(commit);
    if (result.outcome === 'conflict') return await this.#catchUp(state);
    // One commit answers many flows: each has the decision in its trace, and none the append alone.
    for (const span of answers.spans) {
      span.set({ 'refrain.commit': commit.id, 'refrain.seq': result.seq });
      span.end();
    }
    if (result.duplicate) caught(metrics, 'broker window');
    state.applyKnown(events, { seq: result.seq, id: commit.id, at: result.at, cursor });
    this.#state = state;
    this.#read = cursor;
    tellRecorded(logger, state.kind.contract, this.#entity, events);
    this.#parts.onAppend(events, result.duplicate);
    return left;
  }

  /** Another instance answered first: what it recorded is read, and the reading goes on at its cursor. */
  async #catchUp(state: EntityState): Promise<Next> {
    const hasMore = await this.#loader.readOn(state);
    this.#state = state;
    this.#read = state.cursor;
    return hasMore ? 'more' : 'pause'; // a replica that lags does not show it yet
  }

  /** The entity, when it has folded so many commits since it was last kept. */
  keepable(after: number): Keepable[] {
    const state = this.#state;
    if (!state || state.unkept < after) return [];
    const { entityType, entityId } = this.#entity;
    const take = (): ReturnType<EntityState['snapshot']> => {
      const now = this.#state; // while an append is under way there is none
      if (now) now.unkept = 0;
      return now?.snapshot();
    };
    return [{ name: entityName(entityType, entityId), take }];
  }
}
