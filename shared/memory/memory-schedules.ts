import type { Alarm, Firing } from '@refrain/event-log';
import type { MemoryBroker } from './memory-broker.ts';

/** How long an unsettled firing stays out before it comes again, in milliseconds. */
const ACK_WAIT_MS = 30_000;

type Due = Pick<Firing, 'alarm' | 'dueAt' | 'redelivered'>;

const keyOf = ({ service, operation }: Pick<Alarm, 'service' | 'operation'>): string =>
  `${service} ${operation}`;

interface Listener {
  isAlive(): boolean;
  readonly maxInFlight: number;
  deliver(firing: Firing): void;
  inFlight: number;
}

/** Alarm clocks in memory: one per operation, a later `set` moves it, a firing stays until it is settled. */
export class MemorySchedules {
  readonly #broker: MemoryBroker;
  readonly #set = new Map<string, { alarm: Alarm; version: number; at: number }>();
  readonly #due: Due[] = [];
  /** When the firings of an alarm that are not settled yet were due. */
  readonly #unsettled = new Map<string, number[]>();
  readonly #listeners = new Map<string, Listener[]>();
  #versions = 0;

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  set(alarm: Alarm, at: number): void {
    const version = ++this.#versions;
    const key = keyOf(alarm);
    this.#set.set(key, { alarm, version, at });
    this.#broker.clock.at(at, () => {
      if (this.#set.get(key)?.version !== version) return;
      this.#set.delete(key);
      this.#due.push({ alarm, dueAt: at, redelivered: false });
      this.#unsettled.set(key, [...(this.#unsettled.get(key) ?? []), at]);
      this.pump();
    });
  }

  /** Nothing that has fired is taken back. */
  cancel(service: string, operation: string): void {
    this.#set.delete(keyOf({ service, operation }));
  }

  /** When an alarm fires, or a firing that is not settled yet was due; `undefined`: there is neither. */
  pendingAt(service: string, operation: string): number | undefined {
    const key = keyOf({ service, operation });
    return this.#set.get(key)?.at ?? this.#unsettled.get(key)?.at(-1);
  }

  /** Loses every alarm, set or fired: what a purge of the stream does. */
  purge(): void {
    this.#set.clear();
    this.#due.length = 0;
    this.#unsettled.clear();
  }

  /** Whether nothing is set, due, or fired and not settled. */
  isQuiet(): boolean {
    return this.#set.size === 0 && this.#due.length === 0 && this.#unsettled.size === 0;
  }

  /** How many alarms are set. */
  count(): number {
    return this.#set.size;
  }

  listen(service: string, listener: Omit<Listener, 'inFlight'>): () => void {
    const entry = { ...listener, inFlight: 0 };
    this.#listeners.set(service, [...(this.#listeners.get(service) ?? []), entry]);
    this.pump();
    return () =>
      this.#listeners.set(
        service,
        (this.#listeners.get(service) ?? []).filter((l) => l !== entry),
      );
  }

  /** Hands out what is due, to whoever has room. */
  pump(): void {
    if (this.#broker.isDown()) return;
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
      if (againMs === undefined) this.#settle(due);
      else this.#again(due, againMs);
      this.pump();
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

  #settle({ alarm }: Due): void {
    const key = keyOf(alarm);
    const left = (this.#unsettled.get(key) ?? []).slice(1);
    if (left.length > 0) this.#unsettled.set(key, left);
    else this.#unsettled.delete(key);
  }

  #again(due: Due, ms: number): void {
    this.#broker.clock.at(this.#broker.clock.now() + ms, () => {
      this.#due.push({ ...due, redelivered: true });
      this.pump();
    });
  }
}
