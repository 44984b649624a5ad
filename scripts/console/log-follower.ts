import type { Frame } from '@refrain/console/api';
import { type Commit, type Entity, type EventLog, nameOf, parseType } from '@refrain/event-log';

/** Of a long log this many commits are counted from its end. */
const COUNTED_MAX = 20_000;
/** Commits asked for at once, and how often at most in one step. */
const PAGE = 500;
const PAGES_MAX = 4;
/** More names than contracts have; what is beyond is counted as `other`. */
const NAMES_MAX = 1_000;
const LATEST_MAX = 20;

type Log = Pick<EventLog, 'read' | 'lastSequence'>;

/**
 * Follows the logs of all services and counts what is recorded, from headers alone: no body is decoded. Its
 * memory is bounded by the number of event types.
 */
export class LogFollower {
  readonly #next = new Map<string, number>();
  readonly #from = new Map<string, number>();
  readonly #ends = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #services: readonly string[];
  readonly #orderOf: (entity: Entity) => string | undefined;
  #latest: Frame['latest'] = [];

  /** `orderOf`: the order that an entity belongs to, where its name says it. */
  constructor(
    services: readonly string[],
    orderOf: (entity: Entity) => string | undefined = () => undefined,
  ) {
    this.#services = services;
    this.#orderOf = orderOf;
    for (const service of services) this.#ends.set(service, Infinity);
  }

  /** By `orders.OrderPlaced`. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** The first commit of each log that is counted. */
  get countedFrom(): Record<string, number> {
    return Object.fromEntries(this.#from);
  }

  /** Whether all is counted that there was when the counting began. */
  get isCounted(): boolean {
    return this.#services.every((service) => (this.#next.get(service) ?? 0) > (this.#ends.get(service) ?? 0));
  }

  /** The latest events that nobody has taken yet, oldest first, whichever log was read before the others. */
  takeLatest(): Frame['latest'] {
    const latest = this.#latest;
    this.#latest = [];
    return latest;
  }

  /** Reads on in each log, some pages at most. @returns whether there may be more. */
  async step(log: Log): Promise<boolean> {
    const more = await Promise.all(this.#services.map(async (service) => await this.#read(log, service)));
    return more.some(Boolean);
  }

  async #read(log: Log, service: string): Promise<boolean> {
    if (!this.#next.has(service)) {
      const last = await log.lastSequence(service);
      const from = Math.max(1, last - COUNTED_MAX + 1);
      this.#from.set(service, from);
      this.#ends.set(service, last);
      this.#next.set(service, from);
    }
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const page = await log.read(service, this.#next.get(service) ?? 1, PAGE);
      for (const commit of page) this.#add(service, commit);
      if (page.length < PAGE) return false;
    }
    return true;
  }

  #add(service: string, { seq, at, types, entity }: Commit): void {
    this.#next.set(service, seq + 1);
    for (const text of types) {
      const { type } = parseType(text);
      const name = `${service}.${type}`;
      const counted = this.#counts.has(name) || this.#counts.size < NAMES_MAX ? name : `${service}.other`;
      this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
      if (seq <= (this.#ends.get(service) ?? 0)) continue; // long ago
      const orderId = this.#orderOf(entity);
      const its = { service, type, entity: nameOf(entity), ...(orderId !== undefined && { orderId }) };
      this.#tell({ at: new Date(at).toISOString(), ...its });
    }
  }

  /** In the order of time from the first on, so that what makes room is the oldest of all logs. */
  #tell(event: Frame['latest'][number]): void {
    const place = this.#latest.findLastIndex(({ at }) => at <= event.at) + 1;
    this.#latest.splice(place, 0, event);
    if (this.#latest.length > LATEST_MAX) this.#latest.shift();
  }
}
