import type { Bucket, Clock, EventLog, Recovering, Schedules } from '@refrain/event-log';
import type { Governing, GovernorStore, Reports } from '@refrain/governor';
import type { MemoryClient, VirtualClock } from '@refrain/memory';
import {
  type Watch,
  watchedGoverning,
  watchedLog,
  watchedPort,
  watchedSchedules,
  watchedSleep,
} from './watched-ports.ts';

export interface ProcessParts {
  readonly name: string;
  readonly service: string;
  readonly client: MemoryClient;
  readonly clock: VirtualClock;
  readonly at: Watch['at'];
}

/**
 * One process in the world: it can be killed at any await, stopped and let go on, and its clock can be set.
 * Everything by which it reaches the world is a port of it.
 */
export class Process {
  readonly name: string;
  readonly service: string;
  /** Its clock may be wrong; what it sleeps is right, as by a steady clock. */
  readonly clock: Clock;
  readonly log: EventLog;
  readonly schedules: Schedules;
  readonly governing: Governing;
  readonly governorStore: GovernorStore;
  readonly recovering: Recovering;
  /** Those of its service. */
  readonly snapshots: Bucket;
  readonly reports: Reports;
  readonly #client: MemoryClient;
  readonly #watch: Watch;

  constructor({ name, service, client, clock, at }: ProcessParts) {
    const watch: Watch = { at, isAlive: () => client.alive };
    const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
      await clock.sleep(ms, signal);
      await client.going(); // a dead process does not wake up, a stopped one later
    };
    this.name = name;
    this.service = service;
    this.#client = client;
    this.#watch = watch;
    this.clock = {
      now: () => clock.now() + client.skewMs,
      sleep: (ms, signal) => watchedSleep(watch, () => sleep(ms, signal)),
    };
    this.log = watchedLog(watch, client.log);
    this.schedules = watchedSchedules(watch, client.schedules);
    this.governing = watchedGoverning(watch, client.governing);
    this.governorStore = watchedPort(watch, 'store', client.governorStore);
    const { bucket, durables } = client.recovering;
    this.recovering = {
      bucket: watchedPort(watch, 'recovery', bucket),
      durables: watchedPort(watch, 'durables', durables),
    };
    this.snapshots = watchedPort(watch, 'snapshots', client.snapshotsOf(service));
    this.reports = client.reports;
  }

  /** A port of the scenario's own, a provider's gateway, so that each call through it is a point too. */
  watched<T extends object>(name: string, port: T): T {
    return watchedPort(this.#watch, name, port);
  }

  get alive(): boolean {
    return this.#client.alive;
  }

  get paused(): boolean {
    return this.#client.paused;
  }

  /** Resolves as soon as the process runs; never once it is dead. */
  going(): Promise<void> {
    return this.#client.going();
  }

  /** SIGKILL: whatever it awaits never comes, whatever it knew is gone. */
  kill(): void {
    this.#client.kill();
  }

  /** SIGSTOP: what it awaits, and what is sent to it, comes when it goes on. */
  pause(): void {
    this.#client.pause();
  }

  /** SIGCONT: it goes on with what it knew when it was stopped. */
  resume(): void {
    this.#client.resume();
  }

  /** Its clock is set, forward or back. */
  jump(ms: number): void {
    this.#client.jump(ms);
  }
}
