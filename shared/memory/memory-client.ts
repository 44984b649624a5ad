import { RefrainError } from '@refrain/errors';
import {
  type Alarm,
  type AppendResult,
  type Bucket,
  type Commit,
  type Delivery,
  type DurableRef,
  type Entity,
  type EventLog,
  type Firing,
  nameOf,
  type NewCommit,
  type Position,
  type Recovering,
  type Schedules,
  type SubscribeOptions,
  type Subscription,
  subjectOf,
} from '@refrain/event-log';
import type { Governing, GovernorStore, Reports } from '@refrain/governor';
import type { MemoryBroker, PublishAnswer } from './memory-broker.ts';
import { STALE_MS } from './troubles.ts';
import { memoryBucketStore, memoryGoverning, memoryReports, type MemoryWay } from './memory-governing.ts';

/** How long a publish waits for its acknowledgement before it is sent again, in milliseconds. */
const ACK_TIMEOUT_MS = 1_000;

/** A client asks a server that is gone again after so long, in milliseconds. */
const DOWN_AGAIN_MS = 250;

/** How long an append is tried before it is given up, in milliseconds. */
const APPEND_MS = 30_000;

/** A handler that throws gives its delivery back for so long, in milliseconds. */
const THROWN_DELAY_MS = 250;

/**
 * One process's connection to a broker in memory. `kill` ends it as SIGKILL would: what it awaits never
 * comes, what it says is not heard, and its deliveries come again after the ack wait.
 */
export class MemoryClient {
  readonly #broker: MemoryBroker;
  #alive = true;
  #skewMs: number;
  /** What it does when it goes on, while it is stopped. */
  #waiting: (() => void)[] | undefined;
  #losesNextAck: boolean;
  readonly #memoryWay: MemoryWay;
  readonly governing: Governing;
  readonly governorStore: GovernorStore;
  readonly recovering: Recovering;
  readonly reports: Reports;

  /**
   * `losesFirstAck`: its first write is stored, and the acknowledgement is lost on the way. `skewMs`: how far
   * this process's clock is ahead of the broker's.
   */
  constructor(broker: MemoryBroker, { losesFirstAck = false, skewMs = 0 } = {}) {
    this.#broker = broker;
    this.#skewMs = skewMs;
    this.#losesNextAck = losesFirstAck;
    const way: MemoryWay = {
      broker,
      isAlive: () => this.#alive,
      call: (act) => this.#call(act),
      whenGoing: (then) => this.#whenGoing(then),
      losesAck: () => this.#takeLoss() || broker.meets('lostAcks'),
    };
    this.#memoryWay = way;
    this.governing = memoryGoverning(way);
    this.governorStore = memoryBucketStore(way, broker.bucket);
    this.recovering = {
      bucket: memoryBucketStore(way, broker.recovery),
      durables: {
        stateOf: ({ service, durable }) => this.#call(() => broker.durable(service, durable).state()),
        rewind: ({ service, durable }, floor) =>
          this.#call(() => broker.durable(service, durable).rewind(floor)),
      },
    };
    this.reports = memoryReports(way);
  }

  /** The snapshots that a service keeps. */
  snapshotsOf(service: string): Bucket {
    return memoryBucketStore(this.#memoryWay, this.#broker.snapshotsOf(service));
  }

  kill(): void {
    this.#alive = false;
    this.#waiting = undefined;
  }

  /**
   * SIGSTOP: it does nothing and does not notice. What it awaits, and what is delivered to it, comes when it
   * goes on.
   */
  pause(): void {
    this.#waiting ??= [];
  }

  /** SIGCONT. */
  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const then of waiting) this.#whenGoing(then);
  }

  get paused(): boolean {
    return this.#waiting !== undefined;
  }

  /** How far its clock is ahead of the broker's, in milliseconds. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Somebody sets its clock, forward or back. */
  jump(ms: number): void {
    this.#skewMs += ms;
  }

  /** Resolves as soon as the process runs; never once it is dead. */
  async going(): Promise<void> {
    while (this.#alive && this.#waiting) {
      const waiting = this.#waiting;
      await new Promise<void>((go) => waiting.push(go));
    }
    if (!this.#alive) await new Promise<never>(() => {});
  }

  #whenGoing(then: () => void): void {
    if (!this.#alive) return;
    if (this.#waiting) this.#waiting.push(then);
    else then();
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** A way to the broker and back, during either of which the process may die; then it never returns. */
  async #call<T>(act: () => T): Promise<T> {
    await this.#way();
    while (this.#broker.isDown()) {
      await this.#broker.clock.sleep(DOWN_AGAIN_MS);
      await this.going();
    }
    const result = act();
    await this.#way();
    return result;
  }

  async #way(): Promise<void> {
    if (this.#alive) await this.#broker.clock.sleep(this.#broker.latencyMs());
    await this.going();
  }

  readonly log: EventLog = {
    append: (commit) => this.#append(commit),
    load: (entity: Entity, after: number, limit?: number) =>
      this.#call(() =>
        this.#seen(this.#broker.commitsOfSubject(entity.service, subjectOf(entity)))
          .filter((c) => c.seq > after)
          .slice(0, limit),
      ),
    last: (entity: Entity): Promise<Position | undefined> => this.#call(() => this.#lastOf(entity)),
    read: (service: string, from: number, limit: number): Promise<Commit[]> =>
      this.#call(() =>
        this.#seen(this.#broker.commitsOf(service)).slice(
          Math.max(0, from - 1),
          Math.max(0, from - 1) + limit,
        ),
      ),
    lastSequence: (service: string) => this.#call(() => this.#broker.commitsOf(service).length),
    lag: ({ service, durable }: DurableRef) => this.#call(() => this.#broker.durable(service, durable).lag()),
    clockOffset: () => this.#call(() => this.#skewMs),
    storage: (service: string) =>
      this.#call(() => {
        const commits = this.#broker.commitsOf(service);
        const bytes = commits.reduce((sum, commit) => sum + commit.bytes, 0);
        return { commits: commits.length, bytes, current: 1, behind: 0, lag: 0 };
      }),
    subscribe: (
      ref: DurableRef,
      options: SubscribeOptions,
      handle: (d: Delivery) => Promise<void>,
    ): Promise<Subscription> =>
      this.#call(() => {
        const stop = this.#broker.durable(ref.service, ref.durable).subscribe({
          maxInFlight: options.maxInFlight,
          isAlive: () => this.#alive,
          deliver: (delivery) =>
            this.#whenGoing(() => void handle(delivery).catch(() => delivery.nak(THROWN_DELAY_MS))),
        });
        return { stop: () => this.#stop(stop) };
      }),
  };

  readonly schedules: Schedules = {
    set: (alarm: Alarm, at: number) => this.#call(() => this.#broker.schedules.set(alarm, at)),
    cancel: ({ service, operation }) => this.#call(() => this.#broker.schedules.cancel(service, operation)),
    pendingAt: ({ service, operation }) =>
      this.#call(() => this.#broker.schedules.pendingAt(service, operation)),
    subscribe: (
      service: string,
      options: SubscribeOptions,
      handle: (f: Firing) => Promise<void>,
    ): Promise<Subscription> =>
      this.#call(() => {
        const stop = this.#broker.schedules.listen(service, {
          maxInFlight: options.maxInFlight,
          isAlive: () => this.#alive,
          deliver: (firing) =>
            this.#whenGoing(() => void handle(firing).catch(() => firing.nak(THROWN_DELAY_MS))),
        });
        return { stop: () => this.#stop(stop) };
      }),
  };

  /** What the replica has that answers: all of it, or what it had a while ago. */
  #seen(commits: readonly Commit[]): readonly Commit[] {
    if (!this.#broker.meets('staleReads')) return commits;
    const asOf = this.#broker.clock.now() - STALE_MS * this.#broker.chance();
    return commits.filter(({ at }) => at <= asOf);
  }

  /** No further deliveries from this moment on; the broker hears of it a little later. */
  async #stop(stop: () => void): Promise<void> {
    stop();
    await this.#call(() => {});
  }

  #lastOf(entity: Entity): Position | undefined {
    const last = this.#broker.commitsOfSubject(entity.service, subjectOf(entity)).at(-1);
    return last && { seq: last.seq, commitId: last.id };
  }

  #publish(commit: NewCommit): PublishAnswer {
    const answer = this.#broker.publish(commit);
    return this.#takeLoss() ? { kind: 'silent' } : answer;
  }

  #takeLoss(): boolean {
    const loses = this.#losesNextAck;
    this.#losesNextAck = false;
    return loses;
  }

  async #append(commit: NewCommit): Promise<AppendResult> {
    const { clock } = this.#broker;
    const end = clock.now() + APPEND_MS;
    while (clock.now() < end) {
      const answer = await this.#call(() => ({ ...this.#publish(commit), at: clock.now() }));
      if (answer.kind === 'stored')
        return { outcome: 'appended', seq: answer.seq, at: answer.at, duplicate: answer.duplicate };
      if (answer.kind === 'wrong sequence') {
        // One server checks the sequence before the message id: perhaps it is this very commit that stands
        // there.
        const last = await this.#call(() => this.#lastOf(commit.entity));
        if (last?.commitId === commit.id)
          return { outcome: 'appended', seq: last.seq, at: answer.at, duplicate: true };
        return { outcome: 'conflict' };
      }
      await clock.sleep(ACK_TIMEOUT_MS);
    }
    throw new RefrainError('RF_APPEND_UNKNOWN', {
      entity: nameOf(commit.entity),
      ms: APPEND_MS,
      last: 'no acknowledgement',
    });
  }
}
