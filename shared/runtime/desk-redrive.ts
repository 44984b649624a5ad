import { rootTrace, type Tracing } from '@refrain/contract-kit';
import { type Entity, nameOf, type RecordedEvent, streamOf } from '@refrain/event-log';
import { messageOf } from '@refrain/errors';
import type { Command } from '@refrain/decider';
import { decideOnce, platformEvent, reasonOf, recorded } from './decision.ts';
import type { LetterOnRecord } from './dead-letter-fold.ts';
import { letterOf } from './desk-words.ts';
import type { EntityState } from './entity-state.ts';
import type { EntityStore } from './entity-store.ts';
import { commandOf } from './reactor.ts';
import type { Registry } from './registry.ts';
import { spanErrorOf } from './traced.ts';
import { isDefect } from './trouble.ts';

/** What became of a dead letter that was driven again. */
export type Redriven =
  | { readonly outcome: 'decided' }
  /** It is a dead letter again, another one. */
  | { readonly outcome: 'failed'; readonly error: string }
  /** The log could not be reached, or a newer build is needed: it is tried again by itself. */
  | { readonly outcome: 'pending'; readonly error: string };

interface Plan {
  readonly command: Command;
  readonly because: { cause: string; reaction: string; correlation: string; trace: string };
}

interface How {
  readonly event: Parameters<typeof commandOf>[0]['event'];
  readonly toCommand: (data: unknown) => Command;
  /** Under which name the decision is recorded; a deadline's is its command's. */
  readonly reaction: string | undefined;
}

/**
 * Decides dead letters again, by today's code and under the same causes and ids. Whatever it does may be
 * repeated: what is decided once is not decided twice.
 */
export class Redriver {
  readonly #registry: Registry;
  readonly #store: EntityStore;
  readonly #tracing: Tracing;
  readonly #platformId: string;

  constructor(registry: Registry, store: EntityStore, tracing: Tracing, platformId: string) {
    this.#tracing = tracing;
    this.#registry = registry;
    this.#store = store;
    this.#platformId = platformId;
  }

  /** Why a dead letter cannot be driven again, and what to do instead; `undefined` when it can. */
  problemOf(home: Entity, letter: LetterOnRecord): { problem: string; instead: string } | undefined {
    if (letter.operation !== undefined) return undefined; // the entity shows whether it is open
    const resolve = `When it is seen to: npx refrain dead-letters resolve ${letter.id} --why "…".`;
    if (this.#registry.kinds.get(home.entityType)?.hot)
      return {
        problem: `${nameOf(home)} answers each request once and has gone on`,
        instead: `The flow's own entity may ask again. ${resolve}`,
      };
    if (!letter.event)
      return { problem: 'what was to be decided is not in it (too large, or unreadable)', instead: resolve };
    if (!this.#how(letter))
      return {
        problem: `this build has no reaction "${letter.reaction}" to it`,
        instead: `Deploy the build that has it. ${resolve}`,
      };
    return undefined;
  }

  #how(letter: LetterOnRecord): How | undefined {
    const { cause, reaction, source } = letter;
    const { type } = (letter.event ?? {}) as { type?: string };
    if (cause.startsWith('deadline:')) {
      const found = this.#registry.deadlines.find((d) => d.name === reaction && d.after.type === type);
      return found && { event: found.after, toCommand: found.toCommand, reaction: undefined };
    }
    for (const [service, byType] of this.#registry.reactions) {
      if (streamOf(service) !== source?.stream) continue;
      const found = byType.get(type ?? '')?.find(({ name }) => name === reaction);
      if (found) return { ...found, reaction };
    }
    return undefined;
  }

  /** @throws what makes it a dead letter again. */
  #plan(letter: LetterOnRecord): Plan {
    const how = this.#how(letter);
    if (!how) throw new Error(`this build has no reaction "${letter.reaction}"`);
    const { cause, correlation, trace = rootTrace(correlation) } = letter;
    const command = commandOf(how, letter.event as unknown as RecordedEvent);
    return { command, because: { cause, reaction: how.reaction ?? command.name, correlation, trace } };
  }

  /** What would come of it on the present state. Appends nothing. Returns the error, or `undefined`. */
  async tryOn(home: Entity, letterId: string): Promise<string | undefined> {
    const entity = await this.#store.read(home.entityType, home.entityId);
    const letter = letterOf(entity, letterId);
    if (!letter) return 'it is decided, or a person has seen to it';
    const problem = this.problemOf(home, letter);
    if (problem) return problem.problem;
    try {
      if (letter.operation !== undefined) return this.#tryOperation(entity, letter.operation);
      const { command, because } = this.#plan(letter);
      const target = await this.#store.read(command.entityType, command.entityId);
      decideOnce(this.#platformId, target, command, because);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #tryOperation({ operations, state }: EntityState, id: string): string | undefined {
    const operation = operations.get(id);
    const effect = operation && this.#registry.effects.get(operation.effect);
    if (!effect) return `this build has no effect ${operation?.effect ?? id}`;
    effect.wanted(state); // throws what would throw again
    return undefined;
  }

  /** Decides what a person has driven again, and records that it is decided, or a dead letter again. */
  async settle(home: Entity, letterId: string): Promise<Redriven> {
    try {
      const letter = letterOf(await this.#store.read(home.entityType, home.entityId), letterId);
      if (!letter?.redriven) return { outcome: 'decided' }; // somebody else was faster
      return await this.#settle(home, letter);
    } catch (error) {
      return { outcome: 'pending', error: messageOf(error) };
    }
  }

  async #settle(home: Entity, letter: LetterOnRecord): Promise<Redriven> {
    const { trace: parent, correlation: flow, reaction } = letter;
    const attributes = { 'refrain.reaction': reaction, 'refrain.redriven': true };
    const span = this.#tracing.start({ name: 'redrive', parent, flow, attributes, keep: true });
    try {
      const { command, because: planned } = this.#plan(letter);
      const because = { ...planned, trace: span.traceparent };
      const { entityType, entityId } = command;
      await this.#store.change(entityType, entityId, 'fresh', (target) =>
        decideOnce(this.#platformId, target, command, because),
      );
      // Another entity's decision does not show here, where a person looks for the answer.
      if (entityType !== home.entityType || entityId !== home.entityId) await this.#answer(home, letter);
      span.end();
      return { outcome: 'decided' };
    } catch (error) {
      span.end(spanErrorOf(error));
      if (!isDefect(error)) throw error;
      const failed = reasonOf(error);
      await this.#recordAgain(home, letter, failed);
      return { outcome: 'failed', error: failed };
    }
  }

  /** Answers it where it lies: with its source, or with the entity that yesterday's code had meant. */
  async #answer(home: Entity, letter: LetterOnRecord): Promise<void> {
    const { cause, reaction, correlation, trace = rootTrace(correlation) } = letter;
    await this.#store.change(home.entityType, home.entityId, 'fresh', (entity) =>
      letterOf(entity, letter.id)
        ? recorded(this.#platformId, entity, { cause, reaction, correlation, trace }, [
            platformEvent('refrain.Noted', { cause, reaction }),
          ])
        : undefined,
    );
  }

  async #recordAgain(home: Entity, letter: LetterOnRecord, error: string): Promise<void> {
    const { cause, reaction, correlation, trace = rootTrace(correlation), source, event } = letter;
    await this.#store.change(home.entityType, home.entityId, 'fresh', (entity) =>
      letterOf(entity, letter.id)?.redriven
        ? recorded(this.#platformId, entity, { cause, reaction, correlation, trace }, [
            platformEvent('refrain.Defect', {
              cause,
              reaction,
              ...(source && { source }),
              ...(event && { event }),
              error,
            }),
          ])
        : undefined,
    );
  }
}
