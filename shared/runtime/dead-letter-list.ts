import { hash } from '@refrain/contract-kit';
import { type Commit, type Entity, nameOf, parseType, type Position } from '@refrain/event-log';
import { LRUCache } from 'lru-cache';
import { foldLetters, type LetterOnRecord, type LettersOnRecord } from './dead-letter-fold.ts';
import type { ReadModel } from './handle.ts';

/** A dead letter in the list. What was to be handled is read from the log when it is asked for. */
export interface ListedLetter extends Omit<LetterOnRecord, 'event'> {
  readonly entity: Entity;
  /** Where the log of the service has it. */
  readonly seq: number;
  /** The error without what differs from case to case, and the name of its group. */
  readonly errorClass: string;
  readonly group: string;
  /** What was to be handled is on record, so that it can be decided again. */
  readonly hasEvent: boolean;
}

export interface LetterGroup {
  readonly group: string;
  readonly reaction: string;
  readonly errorClass: string;
  readonly letters: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

/** How many answered dead letters are remembered by name, so that a repeat is told of its first time. */
const ANSWERED_MAX = 10_000;

/** What of an error is the same in every case of it: ids, numbers and quoted values are taken out. */
export const errorClassOf = (error: string): string =>
  error
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replaceAll(/\b(?:[a-z2-7]{26}|(?=[a-z0-9_-]*\d)[a-z0-9][a-z0-9_-]{7,})\b/gi, '…')
    .replaceAll(/\d+(\.\d+)?/g, '…')
    .slice(0, 200);

interface Held {
  readonly entity: Entity;
  readonly letters: LettersOnRecord;
  /** By the id of the dead letter. */
  readonly seqs: ReadonlyMap<string, number>;
}

type KeptHeld = [Entity, [string, LetterOnRecord][], [string, number][]];
interface KeptLetters {
  readonly held: KeptHeld[];
  /** By name, the one answered last at the end. */
  readonly homes: [string, Entity][];
}

/**
 * The dead letters of a service, from its log alone. Memory: for each that waits, what the list shows (2 KB
 * at most); for the last 10,000 that were answered, a name. Bodies are decoded only of commits that may
 * matter.
 */
export class DeadLetterList implements ReadModel {
  readonly #held = new Map<string, Held>();
  readonly #homes = new LRUCache<string, Entity>({ max: ANSWERED_MAX });
  readonly #onUnreadable: (commit: Commit, error: unknown) => void;
  #position: Position | undefined;

  constructor(onUnreadable: (commit: Commit, error: unknown) => void = () => {}) {
    this.#onUnreadable = onUnreadable;
  }

  position(): Position | undefined {
    return this.#position;
  }

  reset(): void {
    this.#held.clear();
    this.#position = undefined;
  }

  /** All that it holds, to be kept. */
  kept(): unknown {
    const held = [...this.#held.values()].map(
      ({ entity, letters, seqs }): KeptHeld => [entity, [...letters], [...seqs]],
    );
    return { held, homes: [...this.#homes.entries()].toReversed() } satisfies KeptLetters;
  }

  /** Becomes what was kept at that position. It must be empty before. */
  restore(kept: unknown, position: Position): void {
    const { held, homes } = kept as KeptLetters;
    for (const [entity, letters, seqs] of held)
      this.#held.set(nameOf(entity), { entity, letters: new Map(letters), seqs: new Map(seqs) });
    for (const [id, entity] of homes) this.#homes.set(id, entity);
    this.#position = position;
  }

  apply(commits: readonly Commit[], position: Position): void {
    for (const commit of commits) {
      try {
        this.#fold(commit);
      } catch (error) {
        this.#onUnreadable(commit, error);
      }
    }
    this.#position = position;
  }

  #fold(commit: Commit): void {
    const key = nameOf(commit.entity);
    const before = this.#held.get(key);
    if (!before && !commit.types.some((text) => parseType(text).type === 'refrain.Defect')) return;
    let letters: LettersOnRecord = before?.letters ?? new Map<string, LetterOnRecord>();
    const seqs = new Map(before?.seqs);
    for (const event of commit.body().events) {
      letters = foldLetters(letters, { event, at: commit.at });
      if (event.type === 'refrain.Defect') seqs.set(event.id, commit.seq);
    }
    const ids = new Set([...letters.values()].map(({ id }) => id));
    for (const id of seqs.keys()) if (!ids.has(id)) this.#forget(id, commit.entity, seqs);
    if (letters.size === 0) this.#held.delete(key);
    else this.#held.set(key, { entity: commit.entity, letters: lightened(letters), seqs });
  }

  #forget(id: string, entity: Entity, seqs: Map<string, number>): void {
    seqs.delete(id);
    this.#homes.set(id, entity);
  }

  /** All that wait, oldest first. */
  all(): ListedLetter[] {
    return [...this.#held.values()]
      .flatMap(({ entity, letters, seqs }) =>
        [...letters.values()].map((letter) => listed(letter, entity, seqs.get(letter.id) ?? 0)),
      )
      .sort((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1));
  }

  find(id: string): ListedLetter | undefined {
    return this.all().find((letter) => letter.id === id);
  }

  /** The dead letter of an operation, where its defect is what it waits for. */
  ofOperation(operation: string): ListedLetter | undefined {
    for (const { entity, letters, seqs } of this.#held.values())
      for (const letter of letters.values())
        if (letter.operation === operation) return listed(letter, entity, seqs.get(letter.id) ?? 0);
    return undefined;
  }

  /** The entity of one that was answered lately. */
  homeOf(id: string): Entity | undefined {
    return this.#homes.get(id);
  }

  /** By reaction and class of error, the largest first. */
  groups(): LetterGroup[] {
    const groups = new Map<string, LetterGroup>();
    for (const { group, reaction, errorClass, at } of this.all()) {
      const { letters = 0, oldestAt = at, newestAt = at } = groups.get(group) ?? {};
      groups.set(group, {
        group,
        reaction,
        errorClass,
        letters: letters + 1,
        oldestAt: Math.min(oldestAt, at),
        newestAt: Math.max(newestAt, at),
      });
    }
    return [...groups.values()].sort((a, b) => b.letters - a.letters);
  }
}

/** The list holds no bodies: what stands for one is that there is one. */
const lightened = (letters: LettersOnRecord): LettersOnRecord =>
  new Map([...letters].map(([key, letter]) => [key, letter.event ? { ...letter, event: {} } : letter]));

function listed({ event, ...letter }: LetterOnRecord, entity: Entity, seq: number): ListedLetter {
  const errorClass = errorClassOf(letter.error);
  const group = hash(entity.service, letter.reaction, errorClass).slice(0, 8);
  return { ...letter, entity, seq, errorClass, group, hasEvent: event !== undefined };
}
