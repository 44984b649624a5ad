import { cause as causes } from '@refrain/contract-kit';
import { messageOf, RefrainError } from '@refrain/errors';
import {
  COMMIT_BYTES_MAX,
  type Commit,
  type Entity,
  nameOf,
  newCommit,
  type Position,
  parseType,
  type RecordedEvent,
} from '@refrain/event-log';
import { type Because, decideCommand, platformEvent, recorded } from './decision.ts';
import type { HotEntity, Reaction } from './definition.ts';
import { EntityState } from './entity-state.ts';
import { behind, readOn } from './own-log.ts';
import type { Ports } from './ports.ts';
import { conflictPauseMs } from './reactor.ts';
import type { EntityKind } from './registry.ts';
import { tellRecorded } from './tell.ts';
import { rootTrace } from './trace-context.ts';
import { Wake } from './wake.ts';

/** Most requests answered by one commit (group commit). */
export const CAUSES_MAX = 64;

/** Where a commit is closed although more requests wait: half of what a commit may hold, so that the last answer still fits. */
const BYTES_CLOSE = COMMIT_BYTES_MAX / 2;

/** How long a woken reader waits for further requests, in milliseconds: a read and a commit serve them all. */
const GATHER_MS = 2;

/** Commits read at once. */
const PAGE = 256;

interface Answers {
  readonly events: readonly RecordedEvent[];
  /** The last commit that was read: a commit is answered whole. */
  readonly cursor: Position | undefined;
  /** A request of a newer version stands in the way. */
  readonly newer: string | undefined;
}

/**
 * A hot entity as a reader of its own service's log: its cursor stands in its own commits, so answer and progress are
 * one message, two instances race and one wins, and a lost tail cuts request and answer alike.
 */
export class HotReader {
  readonly #ports: Ports;
  readonly #platformId: string;
  readonly #hot: HotEntity;
  readonly #kind: EntityKind;
  readonly #entity: Entity;
  readonly #answers: ReadonlyMap<string, readonly Reaction[]>;
  readonly #everyMs: number;
  readonly #wake: Wake;
  readonly #onAppend: (events: readonly RecordedEvent[]) => void;
  #state: EntityState | undefined;
  /** How far this process has read; at or behind it stands the cursor of the last commit. */
  #read: Position | undefined;
  #foreignOnce = false;
  #stopped = false;

  constructor(
    ports: Ports,
    names: { service: string; platformId: string },
    hot: HotEntity,
    kind: EntityKind,
    options: { everyMs: number; onAppend: (events: readonly RecordedEvent[]) => void },
  ) {
    this.#ports = ports;
    this.#platformId = names.platformId;
    this.#hot = hot;
    this.#kind = kind;
    this.#everyMs = options.everyMs;
    this.#onAppend = options.onAppend;
    this.#wake = new Wake(ports.clock);
    const entityId = kind.contract.entities[kind.entityType]?.fixedId ?? 'main';
    this.#entity = { service: names.service, entityType: kind.entityType, entityId };
    const byType = new Map<string, Reaction[]>();
    for (const reaction of hot.answers)
      byType.set(reaction.event.type, [...(byType.get(reaction.event.type) ?? []), reaction]);
    this.#answers = byType;
  }

  /** An append of this process: a request among them is answered at once, everything else can wait for the timer. */
  hint(events: readonly RecordedEvent[]): void {
    if (events.some(({ type }) => this.#answers.has(type))) this.#wake.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const more = await this.#tryOnce();
      if (!more && !this.#stopped) await this.#wake.sleep(this.#everyMs);
      // What comes within a moment is answered together.
      if (!more && !this.#stopped) await this.#ports.clock.sleep(GATHER_MS);
    }
  }

  async #tryOnce(): Promise<boolean> {
    try {
      return await this.once();
    } catch (error) {
      this.#forget();
      if (error instanceof RefrainError && error.code === 'RF_LOG_BEHIND')
        this.#ports.logger.error({ error: error.message }, 'hot entity stopped');
      else
        this.#ports.logger.warn(
          { entity: nameOf(this.#entity), error: messageOf(error) },
          'hot entity: tried again',
        );
      await this.#ports.clock.sleep(conflictPauseMs(this.#ports.chance));
      return false;
    }
  }

  #forget(): void {
    this.#state = undefined;
    this.#read = undefined;
  }

  /** Reads one page and answers the requests in it. Returns whether there may be more. */
  async once(): Promise<boolean> {
    const state = this.#state ?? (await this.#load());
    const page = await readOn(this.#ports.log, this.#entity.service, this.#read, PAGE);
    if (page.kind === 'lagging') return false;
    if (page.kind === 'foreign') return this.#foreign(page.found);
    this.#foreignOnce = false;
    const { events, cursor, newer } = this.#answer(state, page.commits);
    if (newer !== undefined)
      this.#ports.logger.warn({ event: newer }, 'waits for a newer build of this service');
    if (cursor === undefined) return false;
    if (events.length === 0) {
      this.#read = cursor; // nothing was asked: the cursor moves in memory only
      return page.commits.length >= PAGE && newer === undefined;
    }
    if (!(await this.#append(state, events, cursor))) return true;
    return newer === undefined;
  }

  /** First the state is dropped and read from the log again; if the cursor is then still foreign, it stops and says so. */
  #foreign(found: string): boolean {
    const position = this.#read as Position;
    this.#forget();
    if (this.#foreignOnce) throw behind(this.#entity.service, position, nameOf(this.#entity), found);
    this.#foreignOnce = true;
    return true;
  }

  async #load(): Promise<EntityState> {
    const state = new EntityState(this.#entity, this.#kind);
    for (const commit of await this.#ports.log.load(this.#entity, 0)) state.apply(commit);
    this.#state = state;
    this.#read = state.cursor;
    return state;
  }

  /** Decides the requests of a page one after the other, in memory, each on the state that the ones before left. */
  #answer(state: EntityState, commits: readonly Commit[]): Answers {
    const deciding = { decided: state.state, events: [] as RecordedEvent[], causes: 0, bytes: 0 };
    let cursor: Position | undefined;
    for (const commit of commits) {
      const newer = this.#newerIn(commit);
      if (newer !== undefined) return { events: deciding.events, cursor, newer };
      const asked = commit.types.some((text) => this.#answers.has(parseType(text).type));
      if (asked && (deciding.causes >= CAUSES_MAX || deciding.bytes + commit.bytes > BYTES_CLOSE)) break;
      if (asked) this.#answerCommit(state, commit, deciding);
      cursor = { seq: commit.seq, commitId: commit.id };
    }
    return { events: deciding.events, cursor, newer: undefined };
  }

  #newerIn(commit: Commit): string | undefined {
    return commit.types.find((text) => {
      const { type, version } = parseType(text);
      const known = this.#answers.get(type)?.[0]?.event.version;
      return known !== undefined && version > known;
    });
  }

  #answerCommit(
    state: EntityState,
    commit: Commit,
    deciding: { decided: unknown; events: RecordedEvent[]; causes: number; bytes: number },
  ): void {
    for (const event of commit.body().events)
      for (const reaction of this.#answers.get(event.type) ?? []) {
        const before = state.state;
        state.state = deciding.decided;
        const answers = this.#decide(state, event, reaction);
        state.state = before;
        deciding.events.push(...answers);
        deciding.decided = this.#evolved(deciding.decided, answers);
        deciding.causes++;
        deciding.bytes += commit.bytes;
      }
  }

  #evolved(state: unknown, events: readonly RecordedEvent[]): unknown {
    const { decider } = this.#kind;
    let next = state;
    for (const { type, version, data } of events)
      if (this.#kind.contract.types[type] && decider)
        next = decider.evolve(next, { type, service: this.#entity.service, version, data });
    return next;
  }

  /** One request, one answer: a decision that throws is answered as a defect, and its neighbours go on. */
  #decide(state: EntityState, event: RecordedEvent, reaction: Reaction): RecordedEvent[] {
    const cause = causes.event(event.id);
    const trace = event.trace ?? rootTrace(event.correlation);
    const because: Because = { cause, reaction: reaction.name, correlation: event.correlation, trace };
    try {
      return decideCommand(
        this.#platformId,
        state,
        reaction.toCommand(reaction.event.parse(event.version, event.data)),
        because,
      );
    } catch (error) {
      this.#ports.logger.error(
        { cause, correlation: event.correlation, error: messageOf(error) },
        'a request was answered as a defect',
      );
      const refusal = this.#hot.onDefect?.(event);
      if (refusal) return decideCommand(this.#platformId, state, refusal, because);
      return recorded(this.#platformId, state, because, [
        platformEvent('refrain.Defect', { cause, reaction: reaction.name, error: messageOf(error) }),
      ]);
    }
  }

  async #append(state: EntityState, events: readonly RecordedEvent[], cursor: Position): Promise<boolean> {
    const commit = newCommit({ entity: this.#entity, expected: state.seq, events, cursor });
    this.#state = undefined; // in doubt until the answer is there
    const result = await this.#ports.log.append(commit);
    if (result.outcome === 'conflict') return this.#catchUp(state);
    state.applyKnown(events, { seq: result.seq, id: commit.id, at: result.at, cursor });
    this.#state = state;
    this.#read = cursor;
    tellRecorded(this.#ports.logger, this.#entity, events);
    this.#onAppend(events);
    return true;
  }

  /** Another instance answered first: what it recorded is read, and the reading goes on at its cursor. */
  async #catchUp(state: EntityState): Promise<false> {
    const followed = await this.#ports.log.load(this.#entity, state.seq);
    for (const commit of followed) state.apply(commit);
    if (followed.length === 0) this.#forget();
    else [this.#state, this.#read] = [state, state.cursor];
    return false;
  }
}
