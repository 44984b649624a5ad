import { messageOf } from '@refrain/errors';
import { type Listening, type Word, word } from '@refrain/governor';
import type { Msg, Subscription } from 'nats';
import { headerTextOf, statusOf } from './headers.ts';
import { GOVERNOR_STREAM, storedWordSubject, wordSubject } from './names.ts';
import type { Log } from './pull.ts';
import { Unanswered, type Wire } from './wire.ts';

/** Two words and a half: what is not heard for so long is asked for. */
const SILENCE_MS = 2_500;
const WATCH_MS = 500;

export interface WordListenerParts {
  readonly dependencies: readonly string[];
  readonly heard: (word: Word) => void;
  readonly timeoutMs: number;
  readonly log: Log;
}

interface Known {
  epoch: number;
  tick: number;
  /** When a word was last heard or asked for, by this process's own steady clock. */
  at: number;
  /** Whether it was said already that something else than a word came. */
  told: boolean;
}

/**
 * Hears the words on some dependencies: each as the broker republishes it, and the stored last one at the
 * start, after each reconnect and after 2.5 s of silence. There is no consumer behind it, so there is none
 * that could go stale while everything looks fine. A word that is not newer than the last one is not handed
 * on: who hears nothing new must see that the governor is silent.
 */
export class WordListener implements Listening {
  readonly #wire: Wire;
  readonly #parts: WordListenerParts;
  readonly #known: ReadonlyMap<string, Known>;
  readonly #subscriptions: readonly Subscription[];
  readonly #watch: NodeJS.Timeout;
  readonly #offReconnect: () => void;
  #stopped = false;

  constructor(wire: Wire, parts: WordListenerParts) {
    this.#wire = wire;
    this.#parts = parts;
    const dependencies = [...new Set(parts.dependencies)];
    this.#known = new Map(dependencies.map((name) => [name, { epoch: 0, tick: 0, at: 0, told: false }]));
    // Subscribed before it is asked: what comes between is then heard.
    this.#subscriptions = dependencies.map((dependency) =>
      wire.nc.subscribe(wordSubject(dependency), {
        callback: (error, msg) => {
          if (error) parts.log(`words on ${dependency} cannot be heard: ${error.message}`);
          else this.#take(dependency, msg);
        },
      }),
    );
    this.#offReconnect = wire.onReconnect(() => this.#askFor(dependencies));
    this.#watch = setInterval(() => this.#askFor(this.#silent()), WATCH_MS);
    this.#askFor(dependencies);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    this.#offReconnect();
    for (const subscription of this.#subscriptions) await subscription.drain().catch(() => {});
  }

  #silent(): string[] {
    const before = performance.now() - SILENCE_MS;
    return [...this.#known].flatMap(([dependency, { at }]) => (at <= before ? [dependency] : []));
  }

  #askFor(dependencies: readonly string[]): void {
    for (const dependency of dependencies) void this.#ask(dependency);
  }

  async #ask(dependency: string): Promise<void> {
    const known = this.#known.get(dependency);
    if (known) known.at = performance.now();
    const subject = `$JS.API.DIRECT.GET.${GOVERNOR_STREAM}.${storedWordSubject(dependency)}`;
    try {
      const msg = await this.#wire.request(subject, Buffer.from(''), this.#parts.timeoutMs);
      // 404: no word was ever spoken.
      if (statusOf(headerTextOf(msg)) === 0) this.#take(dependency, msg);
    } catch (error) {
      if (error instanceof Unanswered || this.#stopped) return; // it is asked again after more silence
      this.#parts.log(`the last word on ${dependency} cannot be read: ${messageOf(error)}`);
    }
  }

  #take(dependency: string, msg: Msg): void {
    const known = this.#known.get(dependency);
    if (!known || this.#stopped) return;
    const read = wordOf(msg, dependency);
    if (typeof read === 'string') {
      if (!known.told) this.#parts.log(`what came as a word on ${dependency} is none: ${read}`);
      known.told = true;
      return;
    }
    const isNewer = read.epoch > known.epoch || (read.epoch === known.epoch && read.tick > known.tick);
    if (!isNewer) return;
    Object.assign(known, { epoch: read.epoch, tick: read.tick, at: performance.now(), told: false });
    this.#parts.heard(read);
  }
}

/** The word, or why it is none. */
function wordOf(msg: Msg, dependency: string): Word | string {
  try {
    const read = word.parse(JSON.parse(msg.string()));
    return read.dependency === dependency ? read : `it is on ${read.dependency}`;
  } catch (error) {
    return messageOf(error).replaceAll(/\s+/g, ' ');
  }
}
