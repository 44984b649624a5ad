import { setTimeout as sleep } from 'node:timers/promises';
import { type Frame, FRAMES_PER_S_MAX, LISTENERS_MAX } from '@refrain/console/api';
import { messageOf } from '@refrain/errors';
import { Frames } from './frames.ts';
import type { LogFollower } from './log-follower.ts';
import type { Standing, StandingReader } from './standing.ts';
import type { WatchedShop } from './watched-shop.ts';

const FRAME_MS = 1_000 / FRAMES_PER_S_MAX;
/** How often the logs are read while nobody listens, in milliseconds. */
const IDLE_MS = 5_000;
/** How often they are read then while there is more to count, in milliseconds. */
const CATCH_UP_MS = 50;
/** Shortest pause between two turns, in milliseconds: requests are answered meanwhile. */
const PAUSE_MS_MIN = 10;
/** What may wait for a listener, in bytes. More, and it does not read: it is cut off, and may come again. */
export const WAITING_BYTES_MAX = 262_144;

/** Where frames go: the response of a listener. */
export interface Line {
  readonly writableLength: number;
  write(text: string): unknown;
  end(): unknown;
  destroy(): unknown;
  on(event: 'close', then: () => void): unknown;
}

export interface FeedParts {
  readonly shop: Pick<WatchedShop, 'log'>;
  readonly standing: Pick<StandingReader, 'read'>;
  readonly follower: LogFollower;
  /** Told once when the shop cannot be followed, and once when it can again. */
  readonly tell: (text: string) => void;
  /** Milliseconds between two frames; default: as many frames a second as there may be. */
  readonly everyMs?: number;
}

/**
 * Follows the shop, and sends what happens to all who listen: at most two frames a second, the same to all.
 */
export class LiveFeed {
  readonly #parts: FeedParts;
  readonly #lines = new Set<Line>();
  readonly #stop = new AbortController();
  #frames = new Frames();
  #wake = Promise.withResolvers<void>();
  #isFollowing = true;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  get listeners(): number {
    return this.#lines.size;
  }

  /** Takes a listener in. `false`: there are enough. */
  listen(line: Line): boolean {
    if (this.#lines.size >= LISTENERS_MAX) return false;
    line.on('close', () => this.#lines.delete(line));
    if (this.#lines.size === 0) {
      this.#frames = new Frames();
      this.#wake.resolve();
    } else this.#frames.tellAll();
    this.#lines.add(line);
    return true;
  }

  /** Runs until it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      const began = performance.now();
      const more = await this.#turn();
      const pause = this.#lines.size > 0 ? (this.#parts.everyMs ?? FRAME_MS) : more ? CATCH_UP_MS : IDLE_MS;
      const left = Math.max(PAUSE_MS_MIN, pause - (performance.now() - began));
      await Promise.race([this.#wake.promise, sleep(left, undefined, { signal }).catch(() => {})]);
    }
  }

  stop(): void {
    this.#stop.abort();
    for (const line of this.#lines) line.end();
    this.#lines.clear();
  }

  /** Reads on, and tells. @returns whether there is more to read. */
  async #turn(): Promise<boolean> {
    const { shop, standing, follower } = this.#parts;
    let more = false;
    let stands: Standing | undefined;
    try {
      const { log } = await shop.log();
      more = await follower.step(log);
      if (this.#lines.size > 0) stands = await standing.read();
      this.#says(true, 'the shop is followed again');
    } catch (error) {
      this.#says(false, `the shop cannot be followed: ${messageOf(error)}`);
    }
    if (this.#lines.size === 0) return more;
    const { counts } = follower;
    const frame = this.#frames.next({
      at: Date.now(),
      counts,
      latest: follower.takeLatest(),
      standing: stands,
    });
    if (frame) this.#send(frame);
    return more;
  }

  #says(isFollowing: boolean, text: string): void {
    if (isFollowing !== this.#isFollowing) this.#parts.tell(text);
    this.#isFollowing = isFollowing;
  }

  #send(frame: Frame): void {
    const text = `event: frame\ndata: ${JSON.stringify(frame)}\n\n`;
    for (const line of this.#lines) {
      if (line.writableLength > WAITING_BYTES_MAX) {
        this.#lines.delete(line);
        line.destroy();
      } else line.write(text);
    }
  }
}
