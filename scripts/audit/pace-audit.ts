import { parseOutcome } from '@refrain/runtime';
import type { Findings } from './findings.ts';
import type { Pace, PlacedEvent } from './records.ts';

/**
 * Nothing is forgotten: what is due is done, and a deadline is answered. Only where it is known that nobody
 * was down or held up for long, as in a simulation.
 */
export class PaceAudit {
  readonly #pace: Pace;
  readonly #findings: Findings;
  /** When the next attempt of each operation is due. */
  readonly #due = new Map<string, number>();
  /** Operations that are dead letters. */
  readonly #dead = new Set<string>();
  /** When each deadline is over, by its cause. */
  readonly #deadlines = new Map<string, number>();

  constructor(pace: Pace, findings: Findings) {
    this.#pace = pace;
    this.#findings = findings;
  }

  add({ type, cause, data, entity, at }: PlacedEvent): void {
    const operation = parseOutcome(cause)?.operation ?? cause.split(':')[1] ?? '';
    this.#check('what is due is done', this.#due.get(operation), at, `operation ${operation}`);
    this.#due.delete(operation);
    const about = (data as { operation?: string }).operation ?? '';
    // It waits for a person now, and that may take long.
    if (type === 'refrain.Defect') {
      this.#due.delete(about);
      this.#dead.add(about);
    }
    if (type === 'refrain.Redrive') this.#dead.delete(about);
    // By the broker's time: the clock that said when it is due may have been wrong. What a word holds may be
    // held again, which is not on record.
    if (type === 'refrain.AttemptFailed' && !this.#dead.has(operation))
      this.#due.set(operation, at + (data as { delayMs: number }).delayMs);
    if (cause.startsWith('deadline:')) {
      this.#check('a deadline is answered', this.#deadlines.get(cause), at, entity);
      this.#deadlines.delete(cause);
    }
    for (const { after, name, afterMs } of this.#pace.deadlines)
      if (type === after) this.#deadlines.set(`deadline:${entity}:${name}`, at + afterMs);
  }

  conclude(): void {
    const { now } = this.#pace;
    for (const [operation, due] of this.#due)
      this.#check('what is due is done', due, now, `operation ${operation}`);
    for (const [cause, over] of this.#deadlines) this.#check('a deadline is answered', over, now, cause);
  }

  #check(
    invariant: 'what is due is done' | 'a deadline is answered',
    due: number | undefined,
    at: number,
    where: string,
  ): void {
    if (due === undefined) return;
    const late = at - due;
    const { lateMsMax } = this.#pace;
    const found = (): string => `not before ${late} ms after it was due, expected within ${lateMsMax} ms`;
    this.#findings.expect(invariant, late <= lateMsMax, where, found);
  }
}
