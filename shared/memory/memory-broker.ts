import { intakeOf } from '@refrain/contract-kit';
import {
  decodeBody,
  decodeTold,
  type Commit,
  type DurableDeclaration,
  type NewCommit,
  outsiderOf,
  type ServiceTopology,
  typesHeader,
} from '@refrain/event-log';
import { MemoryBucket } from './memory-bucket.ts';
import { MemoryDurable } from './memory-durable.ts';
import { MemorySchedules } from './memory-schedules.ts';
import { hearingOf, isOutside } from './outside.ts';
import { noTroubles, type Trouble, type Troubles } from './troubles.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What goes wrong from the start, and what the broker is like. */
export interface MemoryBrokerOptions extends Partial<Troubles> {
  readonly clock: VirtualClock;
  /** Chance in [0, 1), seeded by the caller. */
  readonly chance: () => number;
  /** How long a message id is remembered, in milliseconds. 0 = never. Default 120_000. */
  readonly duplicateWindowMs?: number;
  /**
   * Whether the expected sequence is checked. Off only to show which layer catches a duplicate. Default true.
   */
  readonly checkExpected?: boolean;
  /** Longest way of a message, in milliseconds; each takes a share of it by chance. Default 4. */
  readonly latencyMs?: number;
}

/** What the broker answers to one publish. `silent`: nothing comes back; it may be stored. */
export type PublishAnswer =
  | { readonly kind: 'stored'; readonly seq: number; readonly duplicate: boolean }
  | { readonly kind: 'wrong sequence' }
  | { readonly kind: 'silent' };

interface Stream {
  readonly commits: Commit[];
  readonly bySubject: Map<string, Commit[]>;
  /** When each message id was first stored. */
  readonly ids: Map<string, { seq: number; at: number }>;
}

/**
 * One broker in memory, with what a real one does to its clients: it loses acknowledgements, delivers twice,
 * and late.
 */
export class MemoryBroker {
  readonly clock: VirtualClock;
  readonly chance: () => number;
  readonly schedules: MemorySchedules;
  /** What governors share. */
  readonly bucket: MemoryBucket;
  /** What a recovery leans on: floors, and the recovery itself. */
  readonly recovery: MemoryBucket;
  readonly #snapshots = new Map<string, MemoryBucket>();
  /** How often each trouble came true. */
  readonly happened = new Map<Trouble, number>();
  readonly #options: Required<Pick<MemoryBrokerOptions, 'duplicateWindowMs' | 'checkExpected' | 'latencyMs'>>;
  #troubles: Troubles;
  #upAt = 0;
  #diedAt = 0;
  readonly #streams = new Map<string, Stream>();
  readonly #durables = new Map<string, MemoryDurable>();
  #clients = 0;
  #silent = false;

  constructor(options: MemoryBrokerOptions) {
    const {
      clock,
      chance,
      duplicateWindowMs = 120_000,
      checkExpected = true,
      latencyMs = 4,
      ...troubles
    } = options;
    this.clock = clock;
    this.chance = chance;
    this.#options = { duplicateWindowMs, checkExpected, latencyMs };
    this.#troubles = { ...noTroubles, ...troubles };
    this.schedules = new MemorySchedules(this);
    this.bucket = new MemoryBucket(options.clock);
    this.recovery = new MemoryBucket(options.clock);
  }

  /** Makes what services need, as the admin step does on a real broker. Made again, nothing changes. */
  declare(topologies: readonly ServiceTopology[]): void {
    for (const { service, durables, outsiders = [] } of topologies) {
      this.#stream(service);
      for (const declaration of durables) this.#declareDurable(declaration);
      for (const { name, hears: entityTypes } of outsiders)
        if (entityTypes.length > 0) this.#declareDurable(hearingOf(service, name, entityTypes));
    }
  }

  #declareDurable(declaration: DurableDeclaration): void {
    const key = `${declaration.stream} ${declaration.durable}`;
    if (this.#durables.has(key)) return;
    const from = declaration.from === 'now' ? this.#stream(declaration.stream).commits.length : 0;
    const source = (): readonly Commit[] => this.#stream(declaration.stream).commits;
    this.#durables.set(key, new MemoryDurable(this, declaration, source, from));
  }

  durable(service: string, name: string): MemoryDurable {
    const durable = this.#durables.get(`${service} ${name}`);
    if (!durable) throw new Error(`no durable ${name} on the log of ${service}; the admin step makes it`);
    return durable;
  }

  /** How long a message takes this time, in milliseconds. */
  latencyMs(): number {
    return this.#options.latencyMs * this.chance();
  }

  /** What goes wrong from now on; what is not named stays as it is. */
  setTroubles(troubles: Partial<Troubles>): void {
    this.#troubles = { ...this.#troubles, ...troubles };
  }

  /** Whether this trouble comes true this time. */
  meets(trouble: Trouble): boolean {
    const share = this.#troubles[trouble];
    if (share <= 0 || this.chance() >= share) return false;
    this.happened.set(trouble, (this.happened.get(trouble) ?? 0) + 1);
    return true;
  }

  /** Whether a report or a word is lost this time. */
  losesMessage(): boolean {
    return this.#silent || this.isDown() || this.meets('lostMessages');
  }

  /** From now on every report and every word is lost, or no longer. */
  setSilent(silent: boolean): void {
    this.#silent = silent;
  }

  /** 1, 2, 3 …: a number for each process that writes. */
  nextClient(): number {
    return ++this.#clients;
  }

  publish(commit: NewCommit): PublishAnswer {
    const stream = this.#stream(commit.entity.service);
    const known = stream.ids.get(commit.id);
    const now = this.clock.now();
    const last = stream.bySubject.get(commit.subject)?.at(-1);
    // One server checks the sequence before the message id.
    if (this.#options.checkExpected && (last?.seq ?? 0) !== commit.expected)
      return { kind: 'wrong sequence' };
    if (known && now - known.at < this.#options.duplicateWindowMs)
      return { kind: 'stored', seq: known.seq, duplicate: true };
    const seq = this.#store(stream, commit, now);
    if (this.meets('lostAcks')) return { kind: 'silent' };
    return { kind: 'stored', seq, duplicate: false };
  }

  /** An outsider tells a service something: it is stored as it is. Returns its sequence. */
  tell(service: string, outsider: string, text: string): number {
    const source = intakeOf(service);
    const stream = this.#stream(source);
    const seq = stream.commits.length + 1;
    stream.commits.push({
      entity: outsiderOf(source, `${source}.${outsider}`, seq),
      seq,
      id: '',
      at: this.clock.now(),
      types: [],
      bytes: Buffer.byteLength(text),
      body: () => decodeTold(text, { source, outsider, seq }),
    });
    this.#pump(source);
    return seq;
  }

  #pump(source: string): void {
    for (const durable of this.#durables.values()) if (durable.declaration.stream === source) durable.pump();
  }

  #store(stream: Stream, { entity, subject, expected, id, events, body }: NewCommit, at: number): number {
    const seq = stream.commits.length + 1;
    const types = typesHeader(events).split(',');
    const commit: Commit = {
      entity,
      seq,
      id,
      // Where nobody checked it, it says nothing.
      expected: this.#options.checkExpected ? expected : undefined,
      at,
      types,
      bytes: Buffer.byteLength(body),
      body: () => decodeBody(body, { service: entity.service, seq }),
    };
    stream.commits.push(commit);
    const ofSubject = stream.bySubject.get(subject);
    if (ofSubject) ofSubject.push(commit);
    else stream.bySubject.set(subject, [commit]);
    stream.ids.set(id, { seq, at });
    this.#pump(entity.service);
    return seq;
  }

  /** Where a service keeps its snapshots. */
  snapshotsOf(service: string): MemoryBucket {
    const bucket = this.#snapshots.get(service) ?? new MemoryBucket(this.clock);
    this.#snapshots.set(service, bucket);
    return bucket;
  }

  /** Deletes all that a service kept as snapshots. */
  loseSnapshots(service: string): void {
    this.#snapshots.delete(service);
  }

  commitsOf(service: string): readonly Commit[] {
    return this.#stream(service).commits;
  }

  commitsOfSubject(service: string, subject: string): readonly Commit[] {
    return this.#stream(service).bySubject.get(subject) ?? [];
  }

  services(): string[] {
    return [...this.#streams.keys()];
  }

  /**
   * Cuts the log of a service behind `seq`: what a power cut does to what was acknowledged but not yet on
   * disk. A durable that was further ahead is put back to the new end.
   */
  truncate(service: string, seq: number): void {
    const stream = this.#stream(service);
    stream.commits.length = Math.min(stream.commits.length, seq);
    for (const [subject, commits] of stream.bySubject)
      stream.bySubject.set(
        subject,
        commits.filter((c) => c.seq <= seq),
      );
    for (const [id, stored] of stream.ids) if (stored.seq > seq) stream.ids.delete(id);
    for (const durable of this.#durables.values())
      if (durable.declaration.stream === service) durable.putBack(stream.commits.length);
  }

  /** Delivers every stored commit again to every durable, as a broker does that lost its consumers' state. */
  redeliverAll(): void {
    for (const durable of this.#durables.values()) durable.rewind();
  }

  /** Everything that is out is lost on the way: acknowledgements, deliveries. It is delivered again. */
  restart(diedAt = this.clock.now()): void {
    for (const durable of this.#durables.values()) durable.forgetDeliveries(diedAt);
  }

  /** The server is gone for so long: nothing is answered, stored, delivered or fired. Then as `restart`. */
  goDown(forMs: number): void {
    if (!this.isDown()) this.#diedAt = this.clock.now(); // what is dead already stores nothing more
    const upAt = this.clock.now() + forMs;
    this.#upAt = Math.max(this.#upAt, upAt);
    this.clock.at(upAt, () => {
      if (this.isDown()) return; // it went down again meanwhile
      this.restart(this.#diedAt);
      this.schedules.pump();
    });
  }

  isDown(): boolean {
    return this.clock.now() < this.#upAt;
  }

  /** Whether nothing is left to be delivered or to fire: everything that is stored was settled by all. */
  isQuiet(): boolean {
    // What an outsider has not heard yet is not ours to wait for.
    const ours = [...this.#durables.values()].filter(({ declaration }) => !isOutside(declaration));
    return ours.every((one) => one.isQuiet()) && this.schedules.isQuiet();
  }

  /** Forgets every message id: the duplicate window of all that was stored is over. */
  forgetIds(): void {
    for (const { ids } of this.#streams.values()) ids.clear();
  }

  /** The durable readers there are, as `[service, durable]`. */
  durables(): readonly (readonly [string, string])[] {
    return [...this.#durables.values()].map(({ declaration: d }) => [d.stream, d.durable] as const);
  }

  #stream(service: string): Stream {
    const known = this.#streams.get(service);
    if (known) return known;
    const stream: Stream = { commits: [], bySubject: new Map(), ids: new Map() };
    this.#streams.set(service, stream);
    return stream;
  }
}
