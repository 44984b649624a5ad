import { createInbox, errors, type Msg, type MsgHdrs, type NatsConnection } from 'nats';

/** Why a request got no answer. In each case it may have been carried out. */
export type Silence = 'timeout' | 'no responders' | 'disconnected';

/** Thrown for a request without an answer. Worth another try, unlike every other error. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly silence: Silence;
  constructor(silence: Silence) {
    super(silence);
    this.silence = silence;
  }
}

/** A request under way: `take` returns whether the answer is complete. */
interface Waiting {
  readonly subject: string;
  readonly timeoutMs: number;
  deadline: number;
  take(msg: Msg): boolean;
  fail(error: Error): void;
}

interface Frame {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly options: { reply?: string; headers?: MsgHdrs };
}

/** Header bytes made once, in the form the client takes headers in: all it calls is `encode`. */
export const rawHeaders = (bytes: Uint8Array): MsgHdrs => ({ encode: () => bytes }) as unknown as MsgHdrs;

const SWEEP_MS = 50;

/**
 * Requests over one inbox of a connection, and its publishes gathered into one write per turn of the event
 * loop. The client's own `request` captures two stack traces and starts a timer each time, which is a quarter
 * of its CPU.
 */
export class Wire {
  readonly nc: NatsConnection;
  readonly #inbox: string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #reconnected = new Set<() => void>();
  #frames: Frame[] = [];
  #tokens = 0;
  #connected = true;
  /** What has to be found out after a reconnect before anything else leaves. */
  #check: (() => Promise<void>) | undefined;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(nc: NatsConnection) {
    this.nc = nc;
    this.#inbox = `${this.newInbox()}.`;
    nc.subscribe(`${this.#inbox}*`, {
      callback: (error, msg) => (error ? this.#failAll(error) : this.#take(msg)),
    });
    void this.#watch();
  }

  /** A subject of this connection's own, within what its user may subscribe to. */
  newInbox(): string {
    return createInbox((this.nc as unknown as { options: { inboxPrefix?: string } }).options.inboxPrefix);
  }

  /** Sends without waiting for an answer, with what else this turn sends. Lost while disconnected. */
  send(subject: string, data: Uint8Array, options: Frame['options'] = {}): void {
    if (this.#check && !this.#connected) return; // it would be lost, or leave before it may
    this.#frames.push({ subject, data, options });
    if (this.#frames.length === 1) setImmediate(() => this.#flush());
  }

  /** @throws Unanswered; a permission error when the broker refuses the subject. */
  request(subject: string, data: Uint8Array, timeoutMs: number, headers?: MsgHdrs): Promise<Msg> {
    return new Promise((resolve, fail) => {
      const take = (msg: Msg): boolean => (resolve(msg), true);
      this.#ask({ subject, timeoutMs, deadline: performance.now() + timeoutMs, take, fail }, data, headers);
    });
  }

  /**
   * A request with many replies, over when `take` returns true. `timeoutMs` is counted from the last reply.
   * @throws as `request`.
   */
  requestMany(
    subject: string,
    data: Uint8Array,
    timeoutMs: number,
    take: (msg: Msg) => boolean,
  ): Promise<void> {
    return new Promise((resolve, fail) => {
      const takeOne = (msg: Msg): boolean => {
        const over = take(msg);
        if (over) resolve();
        return over;
      };
      this.#ask({ subject, timeoutMs, deadline: performance.now() + timeoutMs, take: takeOne, fail }, data);
    });
  }

  /** Calls `then` after each reconnect; returns how to stop that. */
  onReconnect(then: () => void): () => void {
    this.#reconnected.add(then);
    return () => void this.#reconnected.delete(then);
  }

  /**
   * After each reconnect nothing leaves before `check` has resolved, as if the connection came back only
   * then. The check itself asks over the client.
   */
  checkAfterReconnect(check: () => Promise<void>): void {
    this.#check = check;
  }

  #ask(waiting: Waiting, data: Uint8Array, headers?: MsgHdrs): void {
    if (this.nc.isClosed()) return waiting.fail(new errors.ClosedConnectionError());
    // The client takes what is published now and drops it at the reconnect: say so at once.
    if (!this.#connected) return waiting.fail(new Unanswered('disconnected'));
    const token = (this.#tokens++).toString(36);
    this.#waiting.set(token, waiting);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
    const reply = this.#inbox + token;
    this.send(waiting.subject, data, headers ? { reply, headers } : { reply });
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    for (const { subject, data, options } of frames) {
      try {
        this.nc.publish(subject, data, options);
      } catch (error) {
        const token = options.reply?.slice(this.#inbox.length);
        if (token !== undefined) this.#fail(token, error as Error);
      }
    }
  }

  #take(msg: Msg): void {
    const token = msg.subject.slice(this.#inbox.length);
    const waiting = this.#waiting.get(token);
    if (!waiting) return;
    if (msg.data.length === 0 && msg.headers?.code === 503)
      return this.#fail(token, new Unanswered('no responders'));
    waiting.deadline = performance.now() + waiting.timeoutMs;
    try {
      if (waiting.take(msg)) this.#waiting.delete(token);
    } catch (error) {
      this.#fail(token, error as Error);
    }
  }

  #fail(token: string, error: Error): void {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    waiting?.fail(error);
  }

  #failAll(error: Error): void {
    for (const token of this.#waiting.keys()) this.#fail(token, error);
  }

  #sweep(): void {
    const now = performance.now();
    for (const [token, { deadline }] of this.#waiting)
      if (deadline <= now) this.#fail(token, new Unanswered('timeout'));
    if (this.#waiting.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  async #watch(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === 'disconnect') {
        this.#connected = false;
        this.#failAll(new Unanswered('disconnected'));
      } else if (status.type === 'reconnect') {
        await this.#check?.();
        this.#connected = true;
        for (const then of this.#reconnected) then();
      } else if (status.type === 'error') this.#refused(status.error);
    }
    this.#failAll(new errors.ClosedConnectionError());
    this.#sweep();
  }

  /** The broker names the refused subject, not the request: the oldest one under way on it is meant. */
  #refused(error: Error): void {
    if (!(error instanceof errors.PermissionViolationError) || error.operation !== 'publish') return;
    for (const [token, { subject }] of this.#waiting)
      if (subject === error.subject) return this.#fail(token, error);
  }
}

const wires = new WeakMap<NatsConnection, Wire>();

/** The one wire of a connection. */
export function wireOf(nc: NatsConnection): Wire {
  let wire = wires.get(nc);
  if (!wire) wires.set(nc, (wire = new Wire(nc)));
  return wire;
}
