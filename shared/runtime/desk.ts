import { RefrainError } from '@refrain/errors';
import type { Entity } from '@refrain/event-log';
import { LetterDesk, type RedriveAsked, type RedriveReport } from './desk-letters.ts';
import { Speech, type Spoken } from './desk-speech.ts';
import {
  type LetterView,
  type OperationPlace,
  type OperationView,
  operationView,
  type Page,
  pageOf,
} from './desk-views.ts';
import { cancelWord, retryWord, type Said, verdictWord, type Word } from './desk-words.ts';
import type { LetterGroup } from './dead-letter-list.ts';
import type { Effect } from './definition.ts';
import type { EntityState } from './entity-state.ts';
import type { EntityStore } from './entity-store.ts';
import type { NewerEvent, NewerEvents } from './newer-events.ts';
import type { Operation } from './operations.ts';
import type { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';
import type { Sweep } from './sweep.ts';

export interface DeskParts {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly store: EntityStore;
  readonly platformId: string;
  readonly view: OwnLogView;
  readonly newer: NewerEvents;
  /** Time between two looks for what was driven again and is not decided yet, in milliseconds. */
  readonly everyMs: number;
}

/** A word about an operation, and the attempt that the person saw when it was said. */
export interface OperationAsked extends Said {
  readonly attempt?: number | undefined;
}

/** What a sweep found and did. */
export interface SweepReport {
  /** Operations without an outcome, and those among them whose alarm was made again. */
  readonly open: number;
  readonly alarms: number;
  readonly deadLetters: number;
  /** Dead letters that a person had driven again and that are decided now, or are dead letters again. */
  readonly redriven: number;
}

/**
 * Where people look at what waits and say what is to become of it. Every word is an event of the entity it
 * concerns, appended under the expected sequence: said twice, it is on record once.
 */
export class Desk {
  readonly #parts: DeskParts;
  readonly #speech: Speech;
  readonly #letters: LetterDesk;
  #sweep: Sweep | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#speech = new Speech(parts);
    this.#letters = new LetterDesk(parts, this.#speech);
  }

  /** The sweep of this process, where its service has effects. */
  set sweep(sweep: Sweep) {
    this.#sweep = sweep;
  }

  async run(): Promise<void> {
    await this.#letters.run();
  }

  stop(): void {
    this.#letters.stop();
  }

  /** Operations without an outcome, oldest first. */
  async operations(
    asked: Page & { readonly state?: OperationPlace | undefined; readonly flow?: string | undefined } = {},
  ): Promise<{ readonly items: readonly OperationView[]; readonly next?: string }> {
    const { view } = this.#parts;
    await view.catchUp();
    const found = [...view.operations.all()]
      .map((open) => this.#viewOf(open))
      .filter(({ state, flow }) => (asked.state ?? state) === state && (asked.flow ?? flow) === flow);
    return pageOf(found, ({ since }) => Date.parse(since), asked);
  }

  /** One operation, open or closed lately. @throws RF_DESK_UNKNOWN */
  async operation(id: string): Promise<OperationView> {
    const entity = await this.#entityOf(id);
    const { operations } = await this.#parts.store.read(entity.entityType, entity.entityId);
    const operation = operations.get(id);
    if (!operation) throw this.#unknown('operation', id);
    return this.#viewOf({ entity, operation });
  }

  /** The next step now, through the governor. @throws RF_DESK_UNKNOWN, RF_DESK_REFUSED */
  async retryNow(id: string, { attempt, ...said }: OperationAsked): Promise<Spoken> {
    const asked = { ...this.#asked(id, said), attempt };
    return await this.#sayOf(id, 'the retry', (entity, effect) => retryWord(entity, effect, asked));
  }

  /** No further attempt. @throws RF_DESK_UNKNOWN, RF_DESK_REFUSED */
  async cancel(id: string, { attempt, ...said }: OperationAsked): Promise<Spoken> {
    const asked = { ...this.#asked(id, said), attempt };
    return await this.#sayOf(id, 'the cancellation', (entity) => cancelWord(entity, asked));
  }

  /**
   * What a person knows of an outcome that nobody else can know, about the attempt that the person saw.
   * @throws RF_DESK_UNKNOWN; RF_DESK_REFUSED where the outcome is not unknown, saying what to do instead.
   */
  async verdict(
    id: string,
    { happened, attempt, ...said }: Said & { readonly happened: boolean; readonly attempt: number },
  ): Promise<Spoken> {
    const asked = { ...this.#asked(id, said), happened, attempt };
    return await this.#sayOf(id, 'the verdict', (entity, effect) => verdictWord(entity, effect, asked));
  }

  deadLetters(
    asked: Page & { readonly group?: string | undefined; readonly flow?: string | undefined } = {},
  ): Promise<{ readonly items: readonly LetterView[]; readonly next?: string }> {
    return this.#letters.list(asked);
  }

  deadLetterGroups(): Promise<readonly LetterGroup[]> {
    return this.#letters.groups();
  }

  /** One dead letter with what was to be decided. @throws RF_DESK_UNKNOWN */
  deadLetter(id: string): Promise<LetterView> {
    return this.#letters.show(id);
  }

  /** Decides dead letters again, by today's code and under the same ids. @throws RF_DESK_UNKNOWN */
  redrive(asked: RedriveAsked): Promise<RedriveReport> {
    return this.#letters.redrive(asked);
  }

  /** @throws RF_DESK_UNKNOWN, RF_DESK_REFUSED */
  resolve(id: string, said: Said): Promise<Spoken> {
    return this.#letters.resolve(id, said);
  }

  /** Events of newer versions that this process has put off. No defects: the newer build takes them. */
  newerEvents(): readonly NewerEvent[] {
    return this.#parts.newer.list();
  }

  /** Looks at everything that is open, now. */
  async sweepNow(): Promise<SweepReport> {
    const { view } = this.#parts;
    const redriven = await this.#letters.pickUp();
    const swept = (await this.#sweep?.sweep()) ?? { open: 0, alarms: 0 };
    return { ...swept, deadLetters: view.letters.all().length, redriven };
  }

  #asked(operationId: string, said: Said): { platformId: string; operationId: string; said: Said } {
    return { platformId: this.#parts.platformId, operationId, said };
  }

  async #entityOf(id: string): Promise<Entity> {
    const { view } = this.#parts;
    await view.catchUp();
    const entity = view.operations.entityOf(id);
    if (!entity) throw this.#unknown('operation', id);
    return entity;
  }

  /** The word, and then the alarm: also where it was said before, since its alarm may have been lost. */
  async #sayOf(
    id: string,
    asked: string,
    wordOf: (entity: EntityState, effect: Effect) => Word,
  ): Promise<Spoken> {
    const entity = await this.#entityOf(id);
    return await this.#speech.say(entity, { what: `operation ${id}`, asked, operation: id }, (state) => {
      const operation = state.operations.get(id);
      return wordOf(state, this.#effectOf(operation));
    });
  }

  #effectOf(operation: Operation | undefined): Effect {
    const effect = operation && this.#parts.registry.effects.get(operation.effect);
    if (!effect) throw this.#unknown('effect of the operation', operation?.effect ?? '');
    return effect;
  }

  #viewOf(open: { entity: Entity; operation: Operation }): OperationView {
    const { registry, view, ports } = this.#parts;
    const effect = registry.effects.get(open.operation.effect);
    const isDefect = open.operation.status === 'defect';
    const letter = isDefect ? view.letters.ofOperation(open.operation.id) : undefined;
    return operationView(open, effect, letter, ports.clock.now());
  }

  #unknown(what: string, id: string): RefrainError {
    return new RefrainError('RF_DESK_UNKNOWN', { service: this.#parts.registry.contract.service, what, id });
  }
}
