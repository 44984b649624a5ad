import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@refrain/errors';
import type { SubscribeOptions, Subscription } from '@refrain/event-log';
import type { Msg } from 'nats';
import { headerTextOf, statusOf } from './headers.ts';
import type { Wire } from './wire.ts';

/** Told in one line what an operator may want to know. */
export type Log = (line: string) => void;

/** What a delivery's reply subject says of it. */
export interface DeliveryInfo {
  readonly seq: number;
  readonly redelivered: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Ends a delivery; the first of `ack` and `nak` counts. */
export interface Settlement {
  readonly ack: () => void;
  readonly nak: (delayMs: number) => void;
  readonly working: () => void;
}

const EXPIRES_MS = 5_000;
const HEARTBEAT_MS = 1_000;
/** Two heartbeats and a half: the leader is gone, though the connection may be fine. */
const SILENCE_MS = 2_500;
const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 5_000;
/** At a stop: a request that has brought nothing for so long is taken to bring no more. */
const QUIET_MS = 50;
/** At a stop: what comes yet goes back for longer than that, else the ending request gets it again. */
const BACK_MS = 100;
const MOST_QUIET_MS = 1_000;
/** A handler that threw gets its delivery again after this pause. */
const RETRY_MS = 250;

const ACK = Buffer.from('+ACK');
const WORKING = Buffer.from('+WPI');
const nakOf = (delayMs: number): Uint8Array =>
  Buffer.from(`-NAK {"delay":${Math.max(1, Math.round(delayMs)) * 1_000_000}}`);

/**
 * `$JS.ACK.<stream>.<durable>.<times>.<seq>.<n>.<ns>.<pending>`; newer servers put domain and account in
 * front.
 */
function infoOf(reply: string): DeliveryInfo {
  const tokens = reply.split('.');
  const first = tokens.length === 9 ? 4 : 6;
  const at = Number(tokens[first + 3]?.slice(0, -6));
  return { redelivered: tokens[first] !== '1', seq: Number(tokens[first + 1]), at };
}

export interface PullParts extends SubscribeOptions {
  readonly stream: string;
  readonly durable: string;
  readonly log: Log;
  /** Told when a request was not answered as it should be: the durable may be another one then. */
  readonly onFailed?: () => void;
  readonly handle: (msg: Msg, info: DeliveryInfo, settlement: Settlement) => Promise<void>;
}

/**
 * Takes a durable's deliveries: asks for exactly as many as there are handlers free, so what is not handled
 * waits at the broker and not here with its ack wait running. One request is out at a time; the slots that
 * fall free meanwhile go into the next one, which makes requests large under load and immediate without.
 *
 * Our own, since the client's `consume` buffers as much again as is handled and stands still for two
 * heartbeats when a leader steps down. Whatever ends a request early (no leader, no durable, a restart) leads
 * to the next after a pause from 0.1 to 5 s; silence for 2.5 s does too.
 */
export class Pull implements Subscription {
  readonly #wire: Wire;
  readonly #parts: PullParts;
  readonly #inbox: string;
  readonly #subscription: { drain(): Promise<void> };
  readonly #watch: NodeJS.Timeout;
  readonly #offReconnect: () => void;
  #inFlight = 0;
  /** What the request that is out may still bring; 0 when none is out. */
  #asked = 0;
  #request = 0;
  #heardAt = 0;
  #failures = 0;
  #pausing: NodeJS.Timeout | undefined;
  #planned = false;
  #stopped = false;

  constructor(wire: Wire, parts: PullParts) {
    this.#wire = wire;
    this.#parts = parts;
    this.#inbox = wire.newInbox();
    const callback = (error: Error | null, msg: Msg): void => {
      if (error) parts.log(`${this.#name} may not listen: ${error.message}`);
      else this.#take(msg);
    };
    // Status replies come to the subject of their request, messages under their own: both to this
    // subscription.
    this.#subscription = wire.nc.subscribe(`${this.#inbox}.*`, { callback });
    this.#watch = setInterval(() => this.#listen(), HEARTBEAT_MS / 2);
    this.#offReconnect = wire.onReconnect(() => this.#again(0));
    this.#plan();
  }

  get #name(): string {
    return `${this.#parts.durable} on ${this.#parts.stream}`;
  }

  /** What was on its way is given back at once, so that another instance need not wait for the ack wait. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#watch);
    clearTimeout(this.#pausing);
    this.#offReconnect();
    await this.#spent();
    // Behind the flush in `drain` nothing more can come; a lost connection has no more to bring either.
    await this.#subscription.drain().catch(() => {});
  }

  /**
   * Waits until the request that is out has brought what it can. In a cluster the leader may sit at another
   * node, which sends on until it hears that nobody listens; those deliveries would be dropped on the way and
   * stand still for their ack wait.
   */
  async #spent(): Promise<void> {
    const stopAt = performance.now();
    this.#heardAt = stopAt;
    const isOver = (): boolean => {
      const now = performance.now();
      return this.#asked === 0 || now - this.#heardAt > QUIET_MS || now - stopAt > MOST_QUIET_MS;
    };
    while (!isOver()) await sleep(5);
  }

  /** Gathers the slots that fall free in this turn of the event loop into one request. */
  #plan(): void {
    if (this.#planned || this.#stopped) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#pull();
    });
  }

  #pull(): void {
    const batch = this.#parts.maxInFlight - this.#inFlight;
    if (this.#stopped || this.#asked > 0 || this.#pausing || batch <= 0) return;
    this.#asked = batch;
    this.#heardAt = performance.now();
    const request = { batch, expires: EXPIRES_MS * 1e6, idle_heartbeat: HEARTBEAT_MS * 1e6 };
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#parts.stream}.${this.#parts.durable}`;
    this.#wire.send(subject, Buffer.from(JSON.stringify(request)), {
      reply: `${this.#inbox}.${++this.#request}`,
    });
  }

  #take(msg: Msg): void {
    if (msg.subject.startsWith(this.#inbox)) return this.#status(msg);
    this.#heard();
    this.#asked = Math.max(0, this.#asked - 1);
    const settlement = this.#settlementOf(msg.reply ?? '');
    if (this.#stopped) return settlement.nak(BACK_MS);
    this.#inFlight++;
    void this.#handle(msg, settlement);
    if (this.#asked === 0) this.#plan();
  }

  async #handle(msg: Msg, settlement: Settlement): Promise<void> {
    try {
      await this.#parts.handle(msg, infoOf(msg.reply ?? ''), settlement);
    } catch (error) {
      this.#parts.log(`${this.#name}: a delivery failed and comes again: ${messageOf(error)}`);
      settlement.nak(RETRY_MS);
    }
    this.#inFlight--;
    this.#plan();
  }

  #settlementOf(reply: string): Settlement {
    let settled = false;
    const settle = (data: Uint8Array): void => {
      if (!settled) this.#wire.send(reply, data);
      settled = true;
    };
    const working = (): void => {
      if (!settled) this.#wire.send(reply, WORKING);
    };
    return { ack: () => settle(ACK), nak: (delayMs) => settle(nakOf(delayMs)), working };
  }

  #status(msg: Msg): void {
    if (Number(msg.subject.slice(this.#inbox.length + 1)) !== this.#request) return;
    const header = headerTextOf(msg);
    const status = statusOf(header);
    if (status === 100) return this.#heard();
    // 408: nothing came in five seconds, which is as it should be on a quiet log.
    if (status === 408) return this.#again(0);
    this.#fail(header.slice(9, header.indexOf('\r\n')) || 'no responders');
  }

  #listen(): void {
    if (this.#asked > 0 && performance.now() - this.#heardAt > SILENCE_MS) this.#fail('silent');
  }

  #heard(): void {
    this.#heardAt = performance.now();
    if (this.#failures > 1) this.#parts.log(`${this.#name} answers again`);
    this.#failures = 0;
  }

  #fail(why: string): void {
    this.#parts.onFailed?.();
    // One failure is a leader that steps down; it is news when the next request fails too.
    if (++this.#failures === 2)
      this.#parts.log(`${this.#name} does not answer (${why}); it is asked again until it does`);
    this.#again(Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1)));
  }

  #again(pauseMs: number): void {
    this.#asked = 0;
    clearTimeout(this.#pausing);
    this.#pausing = undefined;
    if (this.#stopped) return;
    if (pauseMs === 0) return this.#plan();
    this.#pausing = setTimeout(() => {
      this.#pausing = undefined;
      this.#pull();
    }, pauseMs);
  }
}
