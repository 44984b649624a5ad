import { isRefrainError, messageOf, RefrainError } from '@refrain/errors';
import type { LetterGroup, ListedLetter } from './dead-letter-list.ts';
import { errorClassOf } from './dead-letter-list.ts';
import type { DeskParts } from './desk.ts';
import { Redriver } from './desk-redrive.ts';
import type { Speech, Spoken } from './desk-speech.ts';
import { type LetterView, letterView, type Page, pageOf } from './desk-views.ts';
import { letterOf, redriveWord, resolveWord, type Said } from './desk-words.ts';
import { Wake } from './wake.ts';

/** Most dead letters of one request: with the time each takes, an answer comes within a few seconds. */
const REDRIVES_MAX = 200;

export interface RedriveAsked extends Said {
  /** Dead letters by id, or by their operation; or a group; or a flow; or all. */
  readonly ids?: readonly string[] | undefined;
  readonly group?: string | undefined;
  readonly flow?: string | undefined;
  readonly all?: boolean | undefined;
  /** Decides on the present state and appends nothing. */
  readonly dryRun?: boolean | undefined;
  /** Only those that stood in the log up to this sequence; the first answer says which. */
  readonly upTo?: number | undefined;
  /** Only those behind this sequence: the `last` of the answer before. */
  readonly behind?: number | undefined;
}

export interface RedriveReport {
  readonly dryRun: boolean;
  /** Decided now, or would be: a dry run counts what today's code would decide. */
  readonly succeeded: number;
  /** A dead letter again, or would be; by error, the most frequent first. */
  readonly failed: number;
  readonly errors: readonly { readonly error: string; readonly letters: number }[];
  /** Said before by somebody: nothing changed. */
  readonly already: number;
  /** On record, and tried again by itself until it is decided. */
  readonly pending: number;
  /** What cannot be driven again, and what to do instead. */
  readonly refused: readonly { readonly id: string; readonly problem: string }[];
  /** How many of the selection are left, and where to go on: with `behind: last` and the same `upTo`. */
  readonly left: number;
  readonly last: number;
  readonly upTo: number;
}

type One =
  | { readonly kind: 'succeeded' | 'already' | 'pending' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'refused'; readonly problem: string };

/** The dead letters of a service: listed, driven again, resolved. */
export class LetterDesk {
  readonly #parts: DeskParts;
  readonly #speech: Speech;
  readonly #redriver: Redriver;
  readonly #wake: Wake;
  #stopped = false;

  constructor(parts: DeskParts, speech: Speech) {
    this.#parts = parts;
    this.#speech = speech;
    this.#redriver = new Redriver(parts.registry, parts.store, parts.ports.tracing, parts.platformId);
    this.#wake = new Wake(parts.ports.clock);
  }

  /** A process may die between a person's word and the decision: whoever is left picks it up. */
  async run(): Promise<void> {
    const { everyMs, ports } = this.#parts;
    while (!this.#stopped) {
      try {
        await this.pickUp();
      } catch (error) {
        ports.logger.warn(
          { error: messageOf(error) },
          'dead letters: the log was not read; it is tried again',
        );
      }
      if (!this.#stopped) await this.#wake.sleep(everyMs * (0.75 + ports.chance() / 2));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.view.stop();
    this.#wake.wake();
  }

  /** Decides what was driven again and is not decided yet. Returns how many it were. */
  async pickUp(): Promise<number> {
    const { view, ports } = this.#parts;
    await view.catchUp();
    let settled = 0;
    for (const { id, entity, redriven } of view.letters.all()) {
      if (!redriven || this.#stopped) continue;
      const done = await this.#redriver.settle(entity, id);
      if (done.outcome === 'pending')
        ports.logger.warn({ letter: id, error: done.error }, 'a dead letter that was driven again waits');
      else settled++;
    }
    return settled;
  }

  async list(asked: Page & { group?: string | undefined; flow?: string | undefined }) {
    const { view } = this.#parts;
    await view.catchUp();
    const found = view.letters.all().filter((letter) => isAskedFor(letter, asked));
    const { items, next } = pageOf(found, ({ seq }) => seq, asked);
    return { items: items.map((letter) => letterView(letter)), ...(next !== undefined && { next }) };
  }

  async groups(): Promise<readonly LetterGroup[]> {
    await this.#parts.view.catchUp();
    return this.#parts.view.letters.groups();
  }

  async show(id: string): Promise<LetterView> {
    const letter = await this.#find(id);
    const { entityType, entityId } = letter.entity;
    return letterView(letter, letterOf(await this.#parts.store.read(entityType, entityId), letter.id));
  }

  async resolve(id: string, said: Said): Promise<Spoken> {
    const { view, platformId } = this.#parts;
    await view.catchUp();
    const letter = view.letters.all().find((one) => isNamed(one, id));
    const home = letter?.entity ?? view.letters.homeOf(id);
    if (!home) throw this.#unknown(id);
    const letterId = letter?.id ?? id;
    const about = { what: `dead letter ${letterId}`, asked: 'resolving it' };
    return await this.#speech.say(home, about, (entity) =>
      resolveWord(entity, { platformId, letterId, said }),
    );
  }

  async redrive(asked: RedriveAsked): Promise<RedriveReport> {
    const { view } = this.#parts;
    await view.catchUp();
    const upTo = asked.upTo ?? view.position()?.seq ?? 0;
    const selection = this.#selection(asked).filter(({ seq }) => seq <= upTo && seq > (asked.behind ?? 0));
    // A commit may hold several: the page ends with a sequence, never within one.
    const edge = selection[REDRIVES_MAX - 1]?.seq ?? Number.POSITIVE_INFINITY;
    const page = selection.filter(({ seq }) => seq <= edge);
    const results: { letter: Selected; one: One }[] = [];
    for (const letter of page) results.push({ letter, one: await this.#redriveOne(letter, asked) });
    const count = (kind: One['kind']): number => results.filter(({ one }) => one.kind === kind).length;
    return {
      dryRun: asked.dryRun === true,
      succeeded: count('succeeded'),
      failed: count('failed'),
      errors: errorsOf(results.map(({ one }) => one)),
      already: count('already'),
      pending: count('pending'),
      refused: results.flatMap(({ letter: { id }, one }) =>
        one.kind === 'refused' ? [{ id, problem: one.problem }] : [],
      ),
      left: selection.length - page.length,
      last: page.at(-1)?.seq ?? upTo,
      upTo,
    };
  }

  #selection({ ids, group, flow, all }: RedriveAsked): Selected[] {
    const { letters } = this.#parts.view;
    const waiting = letters.all();
    if (!ids)
      return all || group !== undefined || flow !== undefined
        ? waiting.filter((letter) => isAskedFor(letter, { group, flow }))
        : [];
    return ids.map((id) => {
      const letter = waiting.find((one) => isNamed(one, id));
      if (letter) return letter;
      const entity = letters.homeOf(id);
      if (!entity) throw this.#unknown(id);
      return { id, entity, seq: 1, operation: undefined }; // answered: it is told so
    });
  }

  async #redriveOne(
    { id, entity, operation }: Selected,
    { dryRun, by, host, why }: RedriveAsked,
  ): Promise<One> {
    if (dryRun) {
      const error = await this.#redriver.tryOn(entity, id);
      return error === undefined ? { kind: 'succeeded' } : { kind: 'failed', error };
    }
    const { platformId } = this.#parts;
    const about = { what: `dead letter ${id}`, asked: 'driving it again', operation };
    try {
      const { changed } = await this.#speech.say(entity, about, (state) =>
        redriveWord(state, { platformId, letterId: id, said: { by, host, why } }, (letter) =>
          this.#redriver.problemOf(entity, letter),
        ),
      );
      if (operation !== undefined) return { kind: changed ? 'succeeded' : 'already' };
      // Also where it was said before: whoever said it may have died before it was decided.
      const done = await this.#redriver.settle(entity, id);
      if (!changed) return { kind: 'already' };
      if (done.outcome === 'failed') return { kind: 'failed', error: done.error };
      return { kind: done.outcome === 'pending' ? 'pending' : 'succeeded' };
    } catch (error) {
      if (isRefrainError(error, 'RF_DESK_REFUSED')) return { kind: 'refused', problem: error.message };
      throw error;
    }
  }

  async #find(id: string): Promise<ListedLetter> {
    const { view } = this.#parts;
    await view.catchUp();
    const letter = view.letters.all().find((one) => isNamed(one, id));
    if (!letter) throw this.#unknown(id);
    return letter;
  }

  #unknown(id: string): RefrainError {
    const { service } = this.#parts.registry.contract;
    return new RefrainError('RF_DESK_UNKNOWN', { service, what: 'dead letter', id });
  }
}

type Selected = Pick<ListedLetter, 'id' | 'entity' | 'seq' | 'operation'>;

const isNamed = ({ id, operation }: ListedLetter, name: string): boolean => id === name || operation === name;

const isAskedFor = (
  letter: ListedLetter,
  { group, flow }: { group?: string | undefined; flow?: string | undefined },
): boolean => (group ?? letter.group) === letter.group && (flow ?? letter.correlation) === letter.correlation;

function errorsOf(results: readonly One[]): { error: string; letters: number }[] {
  const counts = new Map<string, number>();
  for (const one of results) {
    if (one.kind !== 'failed') continue;
    const error = errorClassOf(one.error);
    counts.set(error, (counts.get(error) ?? 0) + 1);
  }
  return [...counts].map(([error, letters]) => ({ error, letters })).sort((a, b) => b.letters - a.letters);
}
