import { RefrainError } from '@refrain/errors';
import { type Entity, nameOf } from '@refrain/event-log';
import type { Word } from './desk-words.ts';
import type { EntityState } from './entity-state.ts';
import type { EntityStore } from './entity-store.ts';
import type { Ports } from './ports.ts';

/** What came of a person's word: `changed` is false where it was said before. */
export interface Spoken {
  readonly changed: boolean;
  readonly says: string;
  readonly entity: string;
}

export interface About {
  /** What it is about, and what was asked, as a refusal names them. */
  readonly what: string;
  readonly asked: string;
  /** The operation that gets its alarm now. */
  readonly operation?: string | undefined;
}

/** Brings a person's words to the log, each on the entity as it is at that moment. */
export class Speech {
  readonly #ports: Ports;
  readonly #store: EntityStore;

  constructor({ ports, store }: { ports: Ports; store: EntityStore }) {
    this.#ports = ports;
    this.#store = store;
  }

  /**
   * Appends what the word records, under the expected sequence, and then sets the alarm: also where it was
   * said before, since whoever said it may have died in between.
   * @throws RF_DESK_REFUSED; RF_APPEND_UNKNOWN, RF_APPEND_CONFLICT: the same may be asked again.
   */
  async say(
    { service, entityType, entityId }: Entity,
    { what, asked, operation }: About,
    wordOf: (entity: EntityState) => Word,
  ): Promise<Spoken> {
    let found: Word | undefined;
    const { entity } = await this.#store.change(entityType, entityId, 'fresh', (state) => {
      found = wordOf(state);
      return found.kind === 'record' ? found.events : undefined;
    });
    const word = found as unknown as Word; // `change` has proposed at least once
    if (word.kind === 'refused')
      throw new RefrainError('RF_DESK_REFUSED', {
        what,
        asked,
        problem: word.problem,
        instead: word.instead,
      });
    const goesOn = operation !== undefined && entity.operations.get(operation)?.status !== 'closed';
    if (goesOn) {
      const alarm = { service, operation, entityType, entityId };
      await this.#ports.schedules.set(alarm, this.#ports.clock.now());
    }
    return { changed: word.kind === 'record', says: word.says, entity: nameOf(entity.entity) };
  }
}
