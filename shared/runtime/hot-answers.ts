import {
  cause as causes,
  isPlatformEvent,
  platformEvents,
  rootTrace,
  type Span,
  type Tracing,
} from '@refrain/contract-kit';
import {
  COMMIT_BYTES_MAX,
  type Commit,
  type Entity,
  parseType,
  type Position,
  type RecordedEvent,
  streamOf,
} from '@refrain/event-log';
import { type Because, decideCommand, platformEvent, reasonOf, recorded } from './decision.ts';
import type { HotEntity, Reaction } from './definition.ts';
import type { EntityState } from './entity-state.ts';
import { commandOf } from './reactor.ts';
import type { EntityKind } from './registry.ts';
import { reactionSpan } from './traced.ts';

/** Most requests answered by one commit (group commit). */
const CAUSES_MAX = 64;

/**
 * Bytes of answers after which a commit takes no further request; half of the bound, so that the last one
 * still fits.
 */
const BYTES_CLOSE = COMMIT_BYTES_MAX / 2;

/** Bytes over which the answers to a single commit are given up as a defect. */
const BYTES_MAX = COMMIT_BYTES_MAX * 0.9;

/** What one page of the log leads to: a commit to append, or only a new place of the cursor. */
export interface Answers {
  readonly events: readonly RecordedEvent[];
  /** The last commit that was read: a commit is answered whole. `undefined`: none was. */
  readonly cursor: Position | undefined;
  /** What stands in the way: a type or version that only a newer build knows. */
  readonly newer: string | undefined;
  /** Why requests were answered as defects. */
  readonly defects: readonly string[];
  /** One of each request that is answered; they end when the answers are stored. */
  readonly spans: readonly Span[];
  /** Requests are left in the page. */
  readonly more: boolean;
}

/** What one event asks, by one reaction. */
interface Request {
  readonly event: RecordedEvent;
  readonly reaction: Reaction;
  readonly because: Because;
}

/**
 * Decides a hot entity's requests, one after the other in log order, each on the state that the ones before
 * left. Pure.
 */
export class HotAnswers {
  readonly #platformId: string;
  readonly #tracing: Tracing;
  readonly #entity: Entity;
  readonly #kind: EntityKind;
  readonly #hot: HotEntity;
  readonly #reactions: ReadonlyMap<string, readonly Reaction[]>;

  constructor(parts: {
    platformId: string;
    ports: { readonly tracing: Tracing };
    entity: Entity;
    kind: EntityKind;
    hot: HotEntity;
  }) {
    this.#tracing = parts.ports.tracing;
    this.#platformId = parts.platformId;
    this.#entity = parts.entity;
    this.#kind = parts.kind;
    this.#hot = parts.hot;
    const reactions = new Map<string, Reaction[]>();
    for (const reaction of parts.hot.answers)
      reactions.set(reaction.event.type, [...(reactions.get(reaction.event.type) ?? []), reaction]);
    this.#reactions = reactions;
  }

  isRequest(type: string): boolean {
    return this.#reactions.has(type);
  }

  answer(state: EntityState, commits: readonly Commit[]): Answers {
    const before = state.state;
    const events: RecordedEvent[] = [];
    const defects: string[] = [];
    const spans: Span[] = [];
    let cursor: Position | undefined;
    let requests = 0;
    let bytes = 0;
    let newer: string | undefined;
    let more = false;
    for (const commit of commits) {
      newer = this.#newerIn(commit);
      if (newer !== undefined) break;
      const here = state.state;
      const begun: Span[] = [];
      const answered = this.#answerCommit(state, commit, defects, begun);
      const size = answered.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(answered));
      more = requests > 0 && answered.length > 0 && (requests >= CAUSES_MAX || bytes + size > BYTES_CLOSE);
      if (more) {
        state.state = here;
        break;
      }
      events.push(...answered);
      spans.push(...begun);
      if (answered.length > 0) requests++;
      bytes += size;
      cursor = { seq: commit.seq, commitId: commit.id };
    }
    state.state = before; // what was decided counts when it is stored
    return { events, cursor, newer, defects, spans, more };
  }

  /** A request that a newer build wrote is for it to answer; to pass over it would lose it. */
  #newerIn({ types }: Commit): string | undefined {
    return types.find((text) => {
      const { type, version } = parseType(text);
      const known = isPlatformEvent(type)
        ? type in platformEvents
          ? 1
          : 0
        : (this.#kind.contract.events[type]?.version ?? 0);
      return version > known;
    });
  }

  /**
   * Moves `state` on. Answers of which a commit cannot hold even one group are a defect, for each request.
   */
  #answerCommit(state: EntityState, commit: Commit, defects: string[], spans: Span[]): RecordedEvent[] {
    if (!commit.types.some((text) => this.isRequest(parseType(text).type))) return [];
    let asked: readonly RecordedEvent[];
    try {
      asked = commit.body().events.filter(({ type }) => this.isRequest(type));
    } catch (error) {
      defects.push(`${commit.seq}: ${reasonOf(error)}`);
      return this.#unreadable(state, commit, error);
    }
    const here = state.state;
    const requests = asked.flatMap((event) =>
      (this.#reactions.get(event.type) ?? []).map((reaction) => {
        const span = reactionSpan(this.#tracing, event, reaction.name, { commit, redelivered: false });
        spans.push(span);
        return { event, reaction, because: becauseOf(event, reaction, span) };
      }),
    );
    const answers = requests.flatMap((request) => this.#moved(state, this.#decide(state, request, defects)));
    if (Buffer.byteLength(JSON.stringify(answers)) <= BYTES_MAX) return answers;
    state.state = here;
    defects.push(`${commit.seq}: its answers are larger than a commit may be`);
    return requests.flatMap(({ because }) =>
      this.#defect(state, because, 'the answer is larger than a commit may be'),
    );
  }

  #moved(state: EntityState, events: RecordedEvent[]): RecordedEvent[] {
    const { decider, contract } = this.#kind;
    for (const { type, version, data } of events)
      if (contract.types[type] && decider)
        state.state = decider.evolve(state.state, { type, service: this.#entity.service, version, data });
    return events;
  }

  /** One request, one answer: a decision that throws is answered as a defect, and its neighbours go on. */
  #decide(state: EntityState, request: Request, defects: string[]): RecordedEvent[] {
    const { event, reaction, because } = request;
    try {
      return decideCommand(this.#platformId, state, commandOf(reaction, event), because);
    } catch (error) {
      defects.push(`${because.cause}: ${reasonOf(error)}`);
      return this.#refuse(state, request) ?? this.#defect(state, because, reasonOf(error));
    }
  }

  /** The service's own answer to a request that it cannot decide, where it has one and it can be given. */
  #refuse(state: EntityState, { event, reaction, because }: Request): RecordedEvent[] | undefined {
    try {
      const data: unknown = reaction.event.parse(event.version, event.data);
      const refusal = this.#hot.onDefect?.({ type: event.type, data });
      return refusal && decideCommand(this.#platformId, state, refusal, because);
    } catch {
      return undefined; // it is a defect in any case, and the first error says which
    }
  }

  #defect(state: EntityState, because: Because, error: string): RecordedEvent[] {
    const { cause, reaction } = because;
    return recorded(this.#platformId, state, because, [
      platformEvent('refrain.Defect', { cause, reaction, error }),
    ]);
  }

  #unreadable(state: EntityState, { entity, seq }: Commit, error: unknown): RecordedEvent[] {
    const correlation = entity.entityId;
    const cause = causes.unreadable(streamOf(entity.service), seq);
    return this.#defect(
      state,
      { cause, reaction: 'read', correlation, trace: rootTrace(correlation) },
      reasonOf(error),
    );
  }
}

const becauseOf = (event: RecordedEvent, reaction: Reaction, span: Span): Because => ({
  cause: causes.event(event.id),
  reaction: reaction.name,
  correlation: event.correlation,
  trace: span.traceparent,
});
