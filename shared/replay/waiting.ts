/** An event that was heard, and may be the cause of decisions that come later in the log. */
export interface Heard {
  readonly id: string;
  readonly service: string;
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
  readonly seq: number;
}

/** A decision that waits for the event that it was made because of. */
export interface Awaiting {
  readonly eventId: string;
  /** Whose events it may be. */
  readonly services: readonly string[];
  readonly correlation: string;
  readonly at: number;
  readonly go: (cause: Heard | undefined) => void;
}

/**
 * Brings decisions and their causes together, whichever comes first. Keeps up to `eventsMax` events; the
 * oldest goes first, and a decision that comes for it later finds no cause.
 */
export class Waiting {
  readonly #eventsMax: number;
  readonly #events = new Map<string, { heard: Heard; left: number }>();
  readonly #decisions = new Map<string, Awaiting[]>();
  readonly #byService = new Map<string, number>();

  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax;
  }

  /** How many decisions wait for an event of this service. */
  countOf(service: string): number {
    return this.#byService.get(service) ?? 0;
  }

  isAwaited(eventId: string): boolean {
    return this.#decisions.has(eventId);
  }

  all(): Awaiting[] {
    return [...this.#decisions.values()].flat();
  }

  /** `uses`: so many decisions may follow from it. */
  hear(heard: Heard, uses: number): void {
    const decisions = this.#decisions.get(heard.id) ?? [];
    this.#decisions.delete(heard.id);
    for (const decision of decisions) this.#settle(decision, heard);
    const left = uses - decisions.length;
    if (left <= 0) return;
    this.#events.set(heard.id, { heard, left });
    if (this.#events.size <= this.#eventsMax) return;
    for (const oldest of this.#events.keys()) return void this.#events.delete(oldest);
  }

  /** `keep`: the same event will be asked for again. */
  decide(decision: Awaiting, keep: boolean): void {
    const { eventId, services } = decision;
    const found = this.#events.get(eventId);
    if (!found) {
      for (const service of services) this.#byService.set(service, this.countOf(service) + 1);
      const others = this.#decisions.get(eventId);
      if (others) others.push(decision);
      else this.#decisions.set(eventId, [decision]);
      return;
    }
    if (!keep && --found.left === 0) this.#events.delete(eventId);
    decision.go(found.heard);
  }

  /** Nobody will hear what the decisions wait for. */
  giveUp(): void {
    const decisions = this.all();
    this.#decisions.clear();
    for (const decision of decisions) this.#settle(decision, undefined);
  }

  #settle(decision: Awaiting, heard: Heard | undefined): void {
    for (const service of decision.services) this.#byService.set(service, this.countOf(service) - 1);
    decision.go(heard);
  }
}
