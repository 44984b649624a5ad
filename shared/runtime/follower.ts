import { messageOf } from '@refrain/errors';
import type { ReadModel } from './handle.ts';
import { readOn } from './own-log.ts';
import type { Ports } from './ports.ts';
import { Wake } from './wake.ts';

/** How eagerly a read model follows the log. */
export interface FollowerOptions {
  /** Longest time without a look at the log, in milliseconds; appends of this process make it earlier. */
  readonly everyMs: number;
}

/** Commits read at once. */
const PAGE = 500;

/** How long a woken follower waits for further commits, in milliseconds: one read serves them all. */
const GATHER_MS = 25;

/**
 * Keeps a read model up to date with the own log, page by page; starts it anew when the log is no longer the
 * one it read.
 */
export class Follower {
  readonly #ports: Ports;
  readonly #service: string;
  readonly #model: ReadModel;
  readonly #options: FollowerOptions;
  readonly #wake: Wake;
  #stopped = false;

  constructor(ports: Ports, service: string, model: ReadModel, options: FollowerOptions) {
    this.#ports = ports;
    this.#service = service;
    this.#model = model;
    this.#options = options;
    this.#wake = new Wake(ports.clock);
  }

  hint(): void {
    this.#wake.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const more = await this.#tryOnce();
      if (!more && !this.#stopped) await this.#wake.sleep(this.#options.everyMs);
      if (!more && !this.#stopped) await this.#ports.clock.sleep(GATHER_MS);
    }
  }

  /** Reads until there is nothing new. */
  async catchUp(): Promise<void> {
    while (!this.#stopped && (await this.once()));
  }

  async #tryOnce(): Promise<boolean> {
    try {
      return await this.once();
    } catch (error) {
      this.#ports.logger.warn({ error: messageOf(error) }, 'read model: the log was not read');
      return false;
    }
  }

  /** Applies one page. Returns whether there may be more. */
  async once(): Promise<boolean> {
    const page = await readOn(this.#ports.log, this.#service, this.#model.position(), PAGE);
    if (page.kind === 'lagging') return false;
    if (page.kind === 'foreign') {
      this.#ports.logger.warn(
        { found: page.found },
        'read model: its position is foreign to the log; it is built anew',
      );
      this.#model.reset();
      return true;
    }
    const last = page.commits.at(-1);
    if (!last) return false;
    this.#model.apply(page.commits, { seq: last.seq, commitId: last.id });
    return page.commits.length === PAGE;
  }
}
