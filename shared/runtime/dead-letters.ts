import type { RecordedEvent } from '@refrain/event-log';
import { type Because, platformEvent, reasonOf, recorded } from './decision.ts';
import type { EntityState } from './entity-state.ts';
import type { EntityStore } from './entity-store.ts';
import type { Log } from './ports.ts';
import { INTAKE } from './registry.ts';
import { isDefect } from './trouble.ts';

/** What could not be handled, for whom it was meant, and why. */
export interface DeadLetter extends Because {
  readonly entityType: string;
  readonly entityId: string;
  readonly source: { readonly stream: string; readonly seq: number };
  /** What was to be handled, so that it can be decided again. */
  readonly event?: RecordedEvent | undefined;
  readonly error: unknown;
}

/** Largest event that is kept in a dead letter, in bytes: with it, the commit stays far below its bound. */
const EVENT_BYTES_MAX = 64 * 1024;

function isKept(event: RecordedEvent): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(event)) <= EVENT_BYTES_MAX;
  } catch (error) {
    // Nested deeper than a stack is: who told it can be named, what it holds cannot be written.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Dead letters are events of the entity they were meant for; its other causes go on. What cannot be recorded
 * there (the id is none, the entity cannot be read) lies with the service it came from, `intake/<service>`.
 */
export class DeadLetters {
  readonly #logger: Log;
  readonly #store: EntityStore;
  readonly #platformId: string;

  constructor(logger: Log, store: EntityStore, platformId: string) {
    this.#logger = logger;
    this.#store = store;
    this.#platformId = platformId;
  }

  async record(letter: DeadLetter, from: string): Promise<void> {
    const { entityType, entityId, cause, reaction, correlation, error } = letter;
    const entity = `${entityType}/${entityId}`.slice(0, 100);
    this.#logger.error({ entity, correlation, cause, reaction, error: reasonOf(error) }, 'dead letter');
    const propose = (known: EntityState): RecordedEvent[] | undefined => this.#propose(letter, known);
    try {
      await this.#store.change(entityType, entityId, 'fresh', propose);
    } catch (failed) {
      if (!isDefect(failed)) throw failed;
      await this.#store.change(INTAKE, from, 'fresh', propose);
    }
  }

  #propose(letter: DeadLetter, entity: EntityState): RecordedEvent[] | undefined {
    const { cause, reaction, correlation, trace, source, event, error } = letter;
    // Delivered again, it is the same dead letter.
    if (entity.isHandled(cause, reaction) || entity.isDead(cause, reaction)) return undefined;
    const defect = platformEvent('refrain.Defect', {
      cause,
      reaction,
      source,
      ...(event && isKept(event) && { event: { ...event } }),
      error: reasonOf(error),
    });
    return recorded(this.#platformId, entity, { cause, reaction, correlation, trace }, [defect]);
  }
}
