import type { Findings } from './findings.ts';
import type { Flow, Flows } from './flow.ts';
import type { PlacedEvent } from './records.ts';

/** An event whose cause has not been read yet. */
interface Dangling {
  readonly cause: string;
  readonly flow: number;
  readonly where: string;
  readonly type: string;
}

/** Nothing stands twice in the log, and what an event names as its cause stands there too. */
export class LogAudit {
  readonly #findings: Findings;
  readonly #flows: Flows;
  /** By event id, the flow it belongs to. */
  readonly #events = new Map<string, number>();
  /** By place, cause and reaction, the sequence at which it was answered. */
  readonly #answered = new Map<string, number>();
  /** By place, how many verdicts there were: each may open again what was given up. */
  readonly #verdicts = new Map<string, number>();
  readonly #dangling: Dangling[] = [];
  /** Every entity that has recorded something. */
  readonly #begun = new Set<string>();

  constructor(findings: Findings, flows: Flows) {
    this.#findings = findings;
    this.#flows = flows;
  }

  add(event: PlacedEvent, flow: Flow): void {
    const { id, type, cause, reaction, seq, late } = event;
    const where = `${event.service} ${event.entity}`;
    const unique = !this.#events.has(id);
    this.#findings.expect('an event id is unique', unique, where, () => `${type} ${id} again at ${seq}`);
    this.#events.set(id, flow.index);
    if (cause.startsWith('deadline:')) this.#checkDeadline(event, this.#begun.has(where));
    this.#begun.add(where);
    const verdicts = this.#verdicts.get(where) ?? 0;
    if (type === 'refrain.Verdict') this.#verdicts.set(where, verdicts + 1);
    if (type === 'refrain.Defect' || type === 'refrain.Verdict') return; // they handle no cause
    // What a verdict opened again may be given up again without an attempt between.
    const turn = cause.endsWith(':gave-up') ? ` after ${verdicts} verdicts` : '';
    const key = `${where} ${cause} ${reaction}${turn}`;
    const before = this.#answered.get(key);
    // One decision may record several events; they lie in one commit.
    const once = before === undefined || before === seq;
    this.#findings.expect(
      'a cause is handled once',
      once,
      where,
      () => `${cause} "${reaction}" at ${before} and ${seq}`,
    );
    this.#answered.set(key, seq);
    if (!cause.startsWith('event:')) return;
    const dangling = { cause: cause.slice('event:'.length), flow: flow.index, where, type };
    if (this.#events.has(dangling.cause)) this.#link(dangling);
    else if (!late) this.#dangling.push(dangling);
  }

  /** A deadline is one of the entity that answers it, and follows from something it had recorded. */
  #checkDeadline({ service, entity, cause, type }: PlacedEvent, hasBegun: boolean): void {
    const [, named = ''] = cause.split(':');
    this.#findings.expect(
      'a cause stands in the log',
      named === entity && hasBegun,
      `${service} ${entity}`,
      () => `${type} names ${cause}`,
    );
  }

  /** Once everything was read: what is still without its cause has none. */
  conclude(): void {
    for (const dangling of this.#dangling) this.#link(dangling);
  }

  #link({ cause, flow, where, type }: Dangling): void {
    const from = this.#events.get(cause);
    const names = (): string => `${type} names event:${cause}`;
    this.#findings.expect('a cause stands in the log', from !== undefined, where, names);
    if (from === undefined) return;
    this.#findings.expect(
      'a flow keeps its name',
      from === flow,
      where,
      () => `${names()} of ${this.#flows.nameOf(from)}, and is of ${this.#flows.nameOf(flow)}`,
    );
  }
}
