import type { Commit, Delivery, DurableDeclaration, DurableState } from '@refrain/event-log';
import type { MemoryBroker } from './memory-broker.ts';
import { LATE_MS } from './troubles.ts';

export interface Subscriber {
  readonly maxInFlight: number;
  /** False once its process was killed: what it says is no longer heard. */
  isAlive(): boolean;
  deliver(delivery: Delivery): void;
}

interface Entry {
  readonly subscriber: Subscriber;
  inFlight: number;
  stopped: boolean;
}

interface Out {
  /** Which delivery of the commit this is; a nak of an earlier one is ignored once a later one is out. */
  count: number;
  settled: boolean;
  /** When it was delivered first. */
  readonly at: number;
}

/**
 * A broker that is killed has not yet stored which deliveries it made in so many milliseconds. Those that it
 * made of the same commit before, it has.
 */
const UNSTORED_MS = 250;

/**
 * A durable reader: delivers at least once, again after the ack wait, and no more at once than it was told.
 */
export class MemoryDurable {
  readonly declaration: DurableDeclaration;
  readonly #broker: MemoryBroker;
  readonly #source: () => readonly Commit[];
  #next: number;
  /** Sequences delivered and not acknowledged, with their deliveries. */
  readonly #pending = new Map<number, Out>();
  readonly #again: number[] = [];
  readonly #subscribers: Entry[] = [];
  #turn = 0;
  /** When it was made, or made anew. */
  #madeAt: number;
  #epoch = 0;

  constructor(
    broker: MemoryBroker,
    declaration: DurableDeclaration,
    source: () => readonly Commit[],
    from: number,
  ) {
    this.#broker = broker;
    this.declaration = declaration;
    this.#source = source;
    this.#next = from;
    this.#madeAt = broker.clock.now();
  }

  subscribe(subscriber: Subscriber): () => void {
    const entry: Entry = { subscriber, inFlight: 0, stopped: false };
    this.#subscribers.push(entry);
    this.pump();
    return () => {
      entry.stopped = true;
      const i = this.#subscribers.indexOf(entry);
      if (i >= 0) this.#subscribers.splice(i, 1);
    };
  }

  /** How many commits it has yet to deliver for the first time. */
  lag(): number {
    return this.#source()
      .slice(this.#next)
      .filter((commit) => this.#hears(commit)).length;
  }

  isQuiet(): boolean {
    return this.#pending.size === 0 && this.#again.length === 0 && this.lag() === 0;
  }

  #hears({ entity }: Commit): boolean {
    const { entityTypes } = this.declaration;
    return entityTypes.length === 0 || entityTypes.includes(entity.entityType);
  }

  /** Hands out what there is, to whoever has room, in turn. */
  pump(): void {
    for (;;) {
      if (this.#broker.isDown()) return;
      const entry = this.#free();
      const commit = entry && this.#take();
      if (!entry || !commit) return;
      this.#send(commit, entry);
      if (this.#broker.meets('doubledDeliveries')) this.#again.push(commit.seq);
    }
  }

  #free(): Entry | undefined {
    for (let i = 0; i < this.#subscribers.length; i++) {
      const entry = this.#subscribers[this.#turn++ % this.#subscribers.length];
      if (entry?.subscriber.isAlive() && entry.inFlight < entry.subscriber.maxInFlight) return entry;
    }
    return undefined;
  }

  #take(): Commit | undefined {
    const commits = this.#source();
    const again = this.#again.shift();
    if (again !== undefined) return commits[again - 1];
    const { maxAckPending } = this.declaration;
    while (this.#pending.size < maxAckPending && this.#next < commits.length) {
      const commit = commits[this.#next++] as Commit;
      if (this.#hears(commit)) return commit;
    }
    return undefined;
  }

  #send(commit: Commit, entry: Entry): void {
    const { clock } = this.#broker;
    const out = this.#pending.get(commit.seq) ?? { count: 0, settled: false, at: clock.now() };
    this.#pending.set(commit.seq, out);
    const count = ++out.count;
    const epoch = this.#epoch;
    entry.inFlight++;
    let over = false;
    let expired = false;
    let waitUntil = clock.now() + this.declaration.ackWaitMs;
    const isCurrent = (): boolean => !out.settled && out.count === count && epoch === this.#epoch;
    const end = (then: () => void): void => {
      if (over) return;
      over = true;
      if (epoch === this.#epoch) entry.inFlight--; // a restart has set it to 0
      const isHeard = !this.#broker.isDown() && !this.#broker.meets('lostSettlements');
      if (isCurrent() && entry.subscriber.isAlive() && isHeard) then();
      this.pump();
    };
    const expire = (): void => {
      if (!isCurrent()) return;
      if (clock.now() < waitUntil) return clock.at(waitUntil, expire);
      if (!over) entry.inFlight--;
      expired = !over;
      over = true;
      this.#redeliver(commit.seq);
    };
    clock.at(waitUntil, expire);
    const delivery: Delivery = {
      commit,
      redelivered: count > 1,
      predates: commit.at < this.#madeAt,
      // Also when it is late, and the delivery with another already: a broker knows the message, not the try.
      ack: () => {
        const isHeard = epoch === this.#epoch && entry.subscriber.isAlive() && !this.#broker.isDown();
        if (expired && isHeard && !out.settled) this.#settleLate(commit.seq, out);
        end(() => this.#settle(commit.seq, out));
      },
      nak: (delayMs) =>
        end(() => {
          out.count++; // the ack wait of this delivery no longer matters
          const expected = out.count;
          clock.at(clock.now() + delayMs, () => {
            if (!out.settled && out.count === expected && epoch === this.#epoch) this.#redeliver(commit.seq);
          });
        }),
      working: () => {
        waitUntil = clock.now() + this.declaration.ackWaitMs;
      },
    };
    if (this.#broker.meets('lostDeliveries')) return;
    const lateMs = this.#broker.meets('lateDeliveries') ? LATE_MS * this.#broker.chance() : 0;
    clock.at(clock.now() + this.#broker.latencyMs() + lateMs, () => {
      if (epoch !== this.#epoch) return; // the connection that it came by is gone
      if (entry.stopped) delivery.nak(0);
      else if (entry.subscriber.isAlive()) entry.subscriber.deliver(delivery);
    });
  }

  #settleLate(seq: number, out: Out): void {
    this.#settle(seq, out);
    const waiting = this.#again.indexOf(seq);
    if (waiting >= 0) this.#again.splice(waiting, 1);
  }

  #settle(seq: number, out: Out): void {
    if (out.settled) return;
    out.settled = true;
    this.#pending.delete(seq);
  }

  #redeliver(seq: number): void {
    this.#again.push(seq);
    this.pump();
  }

  /** The broker was killed then: what is out is delivered again, and what was new as if it still were. */
  forgetDeliveries(diedAt: number): void {
    this.#epoch++;
    const out = [...this.#pending];
    this.#pending.clear();
    for (const entry of this.#subscribers) entry.inFlight = 0;
    for (const [seq, { count, at }] of out)
      if (at < diedAt - UNSTORED_MS) this.#pending.set(seq, { count, settled: false, at });
    this.#again.push(...out.map(([seq]) => seq).filter((seq) => !this.#again.includes(seq)));
    this.pump();
  }

  /** Made anew: delivers again all behind `floor`; what was out is void. */
  rewind(floor = 0): void {
    this.#epoch++;
    this.#madeAt = this.#broker.clock.now();
    this.#pending.clear();
    for (const entry of this.#subscribers) entry.inFlight = 0;
    this.#again.length = 0;
    this.#next = floor;
    this.pump();
  }

  /** Its stream ends at `end` now: what it knew of later commits is void. */
  putBack(end: number): void {
    for (const [seq, out] of this.#pending)
      if (seq > end) {
        out.settled = true; // whoever has it may say what it likes
        this.#pending.delete(seq);
      }
    const kept = this.#again.filter((seq) => seq <= end);
    this.#again.splice(0, this.#again.length, ...kept);
    this.#next = Math.min(this.#next, end);
  }

  state(): DurableState {
    // What a kill made it forget is out nowhere, and waits to be delivered again.
    const unsettled = [...this.#pending.keys(), ...this.#again];
    const floor = Math.min(this.#next, ...unsettled.map((seq) => seq - 1));
    const asked = this.#subscribers.some(({ subscriber }) => subscriber.isAlive());
    return { floor, pending: this.lag(), out: this.#pending.size, asked };
  }
}
