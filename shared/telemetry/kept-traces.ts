/** Traces of which it is remembered that they are kept. */
const KEPT_MAX = 1_000;

/** Finished spans that wait to hear whether their trace is kept. */
export const WAITING_MAX = 2_000;

/**
 * Traces outside the sample, of which some turn out to be worth telling: a retry, a compensation, a defect.
 * Their spans wait here until then, in memory and up to a bound, the oldest trace first out.
 */
export class KeptTraces<Span> {
  readonly #kept = new Set<string>();
  readonly #waiting = new Map<string, Span[]>();
  #count = 0;
  /** Spans that nobody was told of. */
  thinned = 0;

  has(traceId: string): boolean {
    return this.#kept.has(traceId);
  }

  /** From now on the trace is told. Gives what had waited. */
  keep(traceId: string): Span[] {
    this.#kept.add(traceId);
    const [oldest] = this.#kept.size > KEPT_MAX ? this.#kept : [];
    if (oldest !== undefined) this.#kept.delete(oldest);
    return this.#take(traceId);
  }

  wait(traceId: string, span: Span): void {
    const spans = this.#waiting.get(traceId);
    if (spans) spans.push(span);
    else this.#waiting.set(traceId, [span]);
    this.#count++;
    for (const [oldest] of this.#waiting) {
      if (this.#count <= WAITING_MAX) return;
      this.thinned += this.#take(oldest).length;
    }
  }

  #take(traceId: string): Span[] {
    const spans = this.#waiting.get(traceId) ?? [];
    this.#waiting.delete(traceId);
    this.#count -= spans.length;
    return spans;
  }
}
