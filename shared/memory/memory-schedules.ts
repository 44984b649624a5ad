import type { Alarm, Firing } from '@refrain/event-log';
import type { MemoryBroker } from './memory-broker.ts';

/** How long an unsettled firing stays out before it comes again, in milliseconds. */
const ACK_WAIT_MS = 30_000;

type Due = Pick<Firing, 'alarm' | 'dueAt' | 'redelivered'>;

interface Listener {
  isAlive(): boolean;
  readonly maxInFlight: number;
  deliver(firing: Firing): void;
  inFlight: number;
}

/** Alarm clocks in memory: one per operation, a later `set` moves it, a firing stays until it is settled. */
export class MemorySchedules {
  readonly #broker: MemoryBroker;
  readonly #set = new Map<string, { alarm: Alarm; version: number }>();
  readonly #due: Due[] = [];
  readonly #listeners = new Map<string, Listener[]>();
  #versions = 0;

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  set(alarm: Alarm, at: number): void {
    const version = ++this.#versions;
    const key = `${alarm.service} ${alarm.operation}`;
    this.#set.set(key, { alarm, version });
    this.#broker.clock.at(at, () => {
      if (this.#set.get(key)?.version !== version) return;
      this.#set.delete(key);
      this.#due.push({ alarm, dueAt: at, redelivered: false });
      this.#pump();
    });
  }

  cancel(service: string, operation: string): void {
    this.#set.delete(`${service} ${operation}`);
  }

  /** Loses every alarm, set or fired: what a purge of the stream does. */
  purge(): void {
    this.#set.clear();
    this.#due.length = 0;
  }

  count(): number {
    return this.#set.size;
  }

  listen(service: string, listener: Omit<Listener, 'inFlight'>): () => void {
    const entry = { ...listener, inFlight: 0 };
    this.#listeners.set(service, [...(this.#listeners.get(service) ?? []), entry]);
    this.#pump();
    return () =>
      this.#listeners.set(
        service,
        (this.#listeners.get(service) ?? []).filter((l) => l !== entry),
      );
  }

  #pump(): void {
    for (let i = 0; i < this.#due.length; ) {
      const due = this.#due[i] as Due;
      const listener = (this.#listeners.get(due.alarm.service) ?? []).find(
        (l) => l.isAlive() && l.inFlight < l.maxInFlight,
      );
      if (!listener) {
        i++;
        continue;
      }
      this.#due.splice(i, 1);
      this.#send(due, listener);
    }
  }

  #send(due: Due, listener: Listener): void {
    const { clock } = this.#broker;
    let over = false;
    let waitUntil = clock.now() + ACK_WAIT_MS;
    listener.inFlight++;
    const end = (againMs: number | undefined): void => {
      if (over || !listener.isAlive()) return;
      over = true;
      listener.inFlight--;
      if (againMs !== undefined) this.#again(due, againMs);
      this.#pump();
    };
    const expire = (): void => {
      if (over) return;
      if (clock.now() < waitUntil) return clock.at(waitUntil, expire);
      over = true;
      listener.inFlight--;
      this.#again(due, 0);
    };
    clock.at(waitUntil, expire);
    const firing: Firing = {
      ...due,
      ack: () => end(undefined),
      nak: (delayMs) => end(delayMs),
      working: () => {
        waitUntil = clock.now() + ACK_WAIT_MS;
      },
    };
    clock.at(clock.now() + this.#broker.latencyMs(), () => {
      if (listener.isAlive()) listener.deliver(firing);
    });
  }

  #again(due: Due, ms: number): void {
    this.#broker.clock.at(this.#broker.clock.now() + ms, () => {
      this.#due.push({ ...due, redelivered: true });
      this.#pump();
    });
  }
}
