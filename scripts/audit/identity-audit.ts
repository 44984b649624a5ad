import { eventIdOf, operationIdOf } from '@refrain/contract-kit';
import { effectAfter } from '@refrain/runtime';
import { contracts } from './contracts.ts';
import type { Findings } from './findings.ts';
import type { PlacedEvent, Unchecked } from './records.ts';

/** What may be recorded more than once for one cause and reaction, in one entity. */
const REPEATED: ReadonlySet<string> = new Set(['refrain.Defect', 'refrain.Verdict']);

/**
 * Ids follow from what they name: an event's from its entity and cause, an operation's from its entity and
 * what is done, whoever asked. Then a repeat is known by its name also where the log has lost the first one.
 */
export class IdentityAudit {
  readonly #platformId: string;
  readonly #findings: Findings;
  /** How many intents of each effect an entity had. */
  readonly #intents = new Map<string, number>();
  /** How many events of a type a decision recorded: those of the last commit, and what may be repeated. */
  readonly #indices = new Map<string, number>();
  readonly #repeats = new Map<string, number>();
  #commit = '';
  /** Events that have borne an operation, by service and type; and how many did not, before the first. */
  readonly #bearing = new Set<string>();
  readonly #before = new Map<string, number>();

  constructor(platformId: string, findings: Findings) {
    this.#platformId = platformId;
    this.#findings = findings;
  }

  add(event: PlacedEvent): void {
    const { service, entity, entityId, cause, reaction, type, id } = event;
    const entityType = entity.slice(0, entity.indexOf('/'));
    const where = `${service} ${entity}`;
    const index = this.#indexOf(event, `${where} ${type} ${cause} ${reaction}`);
    const named = { platformId: this.#platformId, service, entityType, entityId };
    const expected = eventIdOf({ ...named, cause, reaction, type, index });
    const found = (what: string): string => `${type} (${cause}, "${reaction}") bears ${what}`;
    this.#findings.expect('an event is named by what led to it', id === expected, where, () =>
      found(`${id}, expected ${expected}`),
    );
    const contract = contracts[service];
    const effect = contract && effectAfter(contract, type);
    if (effect === undefined || this.#isOfBefore(event)) return;
    const key = `${where} ${effect}`;
    const ordinal = this.#intents.get(key) ?? 0;
    this.#intents.set(key, ordinal + 1);
    const operation = operationIdOf({ ...named, effect, ordinal });
    this.#findings.expect('an operation is named by what it does', event.operation === operation, where, () =>
      found(`the operation ${event.operation}, expected ${operation}`),
    );
  }

  /** An effect acts for what is recorded once it is there: its intents of before bear no operation. */
  #isOfBefore({ service, type, operation }: PlacedEvent): boolean {
    const of = `${service} ${type}`;
    if (operation !== undefined) this.#bearing.add(of);
    if (this.#bearing.has(of)) return false;
    this.#before.set(of, (this.#before.get(of) ?? 0) + 1);
    return true;
  }

  /** Returns what could not be looked at, and why. */
  conclude(): Unchecked[] {
    return [...this.#before].map(([where, count]) => ({
      invariant: 'an operation is named by what it does',
      where,
      why: `${count} without an operation, from before the effect was there: nobody is called for them`,
    }));
  }

  #indexOf({ service, seq, type, cause }: PlacedEvent, key: string): number {
    const commit = `${service} ${seq}`;
    if (commit !== this.#commit) this.#indices.clear();
    this.#commit = commit;
    const counts = REPEATED.has(type) || cause.endsWith(':gave-up') ? this.#repeats : this.#indices;
    const index = counts.get(key) ?? 0;
    counts.set(key, index + 1);
    return index;
  }
}
