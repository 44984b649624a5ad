import { messageOf } from '@refrain/errors';
import type { ReadModel } from './handle.ts';
import type { Position } from '@refrain/event-log';
import { replayed } from './measured.ts';
import { type Page, readOn } from './own-log.ts';
import type { Ports } from './ports.ts';
import { Wake } from './wake.ts';

/** How eagerly a read model follows the log. */
export interface FollowerOptions {
  /** Longest time without a look at the log, in milliseconds; appends of this process make it earlier. */
  readonly everyMs: number;
}

/** Commits read at once. While one page is applied the next one is on its way: two are in memory at most. */
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
  #ahead: { readonly from: Position; readonly page: Promise<Page> } | undefined;
  /** The log has answered for its position once: from then on it can only lag. */
  #known = false;
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
    if (this.#model.isIdle?.()) return false;
    const position = this.#model.position();
    let page = await this.#next(position);
    if (page.kind === 'lagging') {
      if (this.#known || !position || !(await this.#isCutBefore(position))) return false;
      page = { kind: 'foreign', found: `nothing at ${position.seq}` };
    }
    this.#known = true;
    if (page.kind === 'foreign') {
      this.#ports.logger.warn(
        { found: page.found },
        'read model: its position is foreign to the log; it is built anew',
      );
      this.#model.reset();
      return true;
    }
    const last = page.commits.at(-1);
    if (!last) {
      this.#model.atEnd?.();
      return false;
    }
    const read = { seq: last.seq, commitId: last.id };
    const more = page.commits.length === PAGE;
    if (more) {
      this.#readAhead(read);
      await this.#ports.clock.sleep(0); // so that the request leaves before this page is worked on
    }
    this.#model.apply(page.commits, read);
    replayed(this.#ports.metrics, 'read model', page.commits.length);
    if (!more) this.#model.atEnd?.();
    return more;
  }

  /** A position that was kept by an earlier process may lie behind the end of a log that lost its tail. */
  async #isCutBefore({ seq }: Position): Promise<boolean> {
    return (await this.#ports.log.lastSequence(this.#service)) < seq;
  }

  /** What follows the position: the page that is on its way, if it was asked for from there. */
  #next(position: Position | undefined): Promise<Page> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead && ahead.from.seq === position?.seq && ahead.from.commitId === position.commitId)
      return ahead.page;
    return readOn(this.#ports.log, this.#service, position, PAGE);
  }

  #readAhead(from: Position): void {
    const page = readOn(this.#ports.log, this.#service, from, PAGE);
    page.catch(() => {}); // whoever takes it hears of it
    this.#ahead = { from, page };
  }
}
