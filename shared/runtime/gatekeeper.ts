import { messageOf } from '@refrain/errors';
import {
  type CallKind,
  createGate,
  type Gate,
  type HoldReason,
  type Leave,
  type Listening,
} from '@refrain/governor';
import type { Ports } from './ports.ts';
import { Wake } from './wake.ts';

/** Leave to call, or why not, under which word, and for how long to hold the operation. */
export type Permission = { readonly go: true } | Hold;

export interface Hold {
  readonly go: false;
  readonly hold: HoldReason;
  readonly word: string;
  readonly epoch: number;
  readonly reason: string;
  readonly forMs: number;
}

/** What an instance tells of one dependency. */
interface Line {
  readonly dependency: string;
  /** How many wait here for leave. */
  readonly firsts: number;
  readonly retries: number;
  readonly word: string;
  readonly heard: ReturnType<Gate['heard']>;
}

interface Waiter {
  readonly kind: CallKind;
  readonly until: number;
  readonly answer: (permission: Permission) => void;
}

interface Room {
  readonly gate: Gate;
  readonly firsts: Waiter[];
  readonly retries: Waiter[];
}

/**
 * How long an operation waits for leave before it is parked, in milliseconds: what waits is told with the
 * next report, and granted with the word after it.
 */
const PATIENCE_MS = 3_000;

/** Shortest hold, in milliseconds: what is held is parked, so that it comes back as what it was. */
const HOLD_MIN_MS = 1_000;

/**
 * Held operations come back spread over the time that the work before them takes, up to this, in
 * milliseconds: each that comes too early costs a look at its entity and a new alarm.
 */
const SPREAD_MAX_MS = 60_000;

/**
 * A hold is asked about again after this many milliseconds at most: what a gate says of its next leave is a
 * guess, and a person can release the word that holds.
 */
const AGAIN_MAX_MS = 15_000;

/** No hold is longer, in milliseconds. */
export const HOLD_MAX_MS = AGAIN_MAX_MS + SPREAD_MAX_MS;

/** Shortest pause between two looks at who waits, in milliseconds. */
const LOOK_MIN_MS = 5;

/** How long a broker that does not let us listen is left alone, in milliseconds. */
const LISTEN_AGAIN_MS = 1_000;

/**
 * Lets operations call no more than the governor's words allow. Up to `roomMax` first attempts of each
 * dependency, and as many retries, wait here for a moment, first attempts before retries; what finds no
 * place, or waits too long, is held.
 */
export class Gatekeeper {
  readonly #ports: Ports;
  readonly #rooms: ReadonlyMap<string, Room>;
  readonly #roomMax: number;
  readonly #wake: Wake;
  #listening: Listening | undefined;
  #stopped = false;

  constructor(ports: Ports, options: { instance: string; dependencies: readonly string[]; roomMax: number }) {
    this.#ports = ports;
    this.#roomMax = options.roomMax;
    this.#wake = new Wake(ports.clock);
    const governed = ports.governing ? options.dependencies : [];
    this.#rooms = new Map(
      governed.map((name) => [name, { gate: createGate(options.instance), firsts: [], retries: [] }]),
    );
  }

  async ask(dependency: string, kind: CallKind): Promise<Permission> {
    const room = this.#rooms.get(dependency);
    if (!room) return { go: true };
    const now = this.#ports.clock.now();
    const line = kind === 'first' ? room.firsts : room.retries;
    const before = room.firsts.length + (kind === 'first' ? 0 : room.retries.length);
    const leave: Leave | undefined = before === 0 ? room.gate.take(kind, now, 'next') : undefined;
    if (leave?.go) return leave;
    const isPointless = leave !== undefined && leave.againMs > PATIENCE_MS;
    // Each kind has places of its own: retries that fill the room must not keep first attempts out.
    if (this.#stopped || isPointless || line.length >= this.#roomMax) return this.#holdOf(room, kind);
    const { promise, resolve } = Promise.withResolvers<Permission>();
    line.push({ kind, until: now + PATIENCE_MS, answer: resolve });
    this.#wake.wake();
    return await promise;
  }

  /** Gives back a leave that was not used. */
  giveBack(dependency: string, kind: CallKind): void {
    this.#rooms.get(dependency)?.gate.giveBack(kind, this.#ports.clock.now());
    this.#wake.wake();
  }

  /** The word as it is put on record; without a governor `open`, 0. */
  wordOn(dependency: string): { readonly word: string; readonly epoch: number } {
    const state = this.#rooms.get(dependency)?.gate.state(this.#ports.clock.now());
    return state ? { word: state.word, epoch: state.epoch } : { word: 'open', epoch: 0 };
  }

  /** By dependency: what waits for leave here, and the last word heard. */
  *lines(): Generator<Line> {
    const now = this.#ports.clock.now();
    for (const [dependency, { gate, firsts, retries }] of this.#rooms) {
      const { word } = gate.state(now);
      const waiting = { firsts: firsts.length, retries: retries.length };
      yield { dependency, ...waiting, word, heard: gate.heard() };
    }
  }

  /** Hears the words, and serves who waits. */
  async run(): Promise<void> {
    if (this.#rooms.size === 0) return;
    const listening = this.#listen(); // who waits is served also while the broker does not answer
    while (!this.#stopped) {
      const againMs = Math.min(...[...this.#rooms.values()].map((room) => this.#serve(room)));
      await this.#wake.sleep(againMs);
    }
    for (const room of this.#rooms.values())
      for (const waiter of [...room.firsts.splice(0), ...room.retries.splice(0)])
        waiter.answer(this.#holdOf(room, waiter.kind));
    await listening;
    await this.#listening?.stop();
  }

  async #listen(): Promise<void> {
    const { governing, clock, logger } = this.#ports;
    while (!this.#stopped && !this.#listening) {
      try {
        this.#listening = await governing?.listen([...this.#rooms.keys()], (word) => {
          this.#rooms.get(word.dependency)?.gate.hear(word, clock.now());
          this.#wake.wake();
        });
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'the governor is not heard yet; it is tried again');
        await clock.sleep(LISTEN_AGAIN_MS);
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  /** Serves who waits: first attempts first. Returns when something may have changed, in milliseconds. */
  #serve(room: Room): number {
    const now = this.#ports.clock.now();
    let againMs = 60_000;
    for (const line of [room.firsts, room.retries]) {
      for (let first = line[0]; first; first = line[0]) {
        const leave = room.gate.take(first.kind, now, 'next');
        if (!leave.go && now < first.until) {
          againMs = Math.min(againMs, leave.againMs, first.until - now);
          break;
        }
        line.shift();
        first.answer(leave.go ? leave : this.#holdOf(room, first.kind));
      }
      if (line.length > 0) break; // no retry passes a first attempt
    }
    // First attempts that keep coming do not keep a retry here: one whose patience is over is held.
    for (let first = room.retries[0]; first; first = room.retries[0]) {
      againMs = Math.min(againMs, first.until - now);
      if (now < first.until) break;
      room.retries.shift();
      first.answer(this.#holdOf(room, first.kind));
    }
    return Math.max(LOOK_MIN_MS, againMs);
  }

  /** Why it is held, and for how long: spread, so that what is held does not come back at once. */
  #holdOf({ gate }: Room, kind: CallKind): Hold {
    const now = this.#ports.clock.now();
    const leave = gate.take(kind, now);
    if (leave.go) gate.giveBack(kind, now);
    const { word, epoch, reason, waiting, rate = 10, hoped = 0, holdMs = 0 } = gate.state(now);
    // A ramp is soon faster than it is now: what sleeps through it leaves its calls unused.
    const workMs = (waiting / Math.max(rate, hoped)) * 1_000;
    const spreadMs = Math.min(SPREAD_MAX_MS, Math.max(HOLD_MIN_MS, workMs));
    const guessMs = Math.min(AGAIN_MAX_MS, Math.max(holdMs, leave.go ? 0 : leave.againMs));
    const floorMs = Math.max(HOLD_MIN_MS, guessMs);
    const forMs = Math.ceil(floorMs + spreadMs * this.#ports.chance());
    return { go: false, hold: leave.go ? 'throttled' : leave.reason, word, epoch, reason, forMs };
  }
}
