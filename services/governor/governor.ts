import { isRefrainError, messageOf } from '@refrain/errors';
import type { Clock } from '@refrain/event-log';
import {
  type GovernorStore,
  type Listening,
  type Reports,
  storedPolicy,
  type Word,
  word,
} from '@refrain/governor';
import type { Logger } from '@refrain/telemetry';
import {
  activePins,
  firstPolicy,
  NAMES_KEY,
  parsed,
  type Pins,
  PINS_KEY,
  POLICY_KEY,
  storedNames,
  storedPins,
  wordKey,
} from './bucket.ts';
import { recordChange } from './history.ts';
import type { Outlook } from './outlook.ts';
import { LeaseKeeper, type LeaseView } from './lease.ts';

/** A word on each dependency so often, in milliseconds. */
export const BEAT_MS = 1_000;

export interface GovernorParts {
  readonly store: GovernorStore;
  readonly reports: Reports;
  readonly outlook: Outlook;
  readonly clock: Clock;
  /** A clock of this process that never jumps, in milliseconds. */
  readonly elapsed: () => number;
  /** Drawn by this process: nobody else bears it. */
  readonly self: string;
  readonly logger: Logger;
}

/** What is known of a dependency's word: the revision that the next one builds on. */
interface Spoken {
  readonly revision: number;
  readonly word: Word | undefined;
}

/**
 * One governor. Each second it renews the lease or looks whether it may take it, and only who holds it
 * decides and writes words, each on the revision it knows: so of two that both believe to hold it one is
 * heard. Pins and the policy are read each time, wherever they were set. Whatever fails is tried again a
 * second later; a governor that cannot reach the broker says nothing, and the instances keep to what they may
 * do alone.
 */
export class Governor {
  readonly #parts: GovernorParts;
  readonly #lease: LeaseKeeper;
  readonly #stop = new AbortController();
  readonly #spoken = new Map<string, Spoken>();
  #policy = firstPolicy;
  #pins: Pins = {};
  #names: readonly string[] = [];
  #namesRevision = 0;
  #unreadable = '';
  #unsayable = '';
  #epoch: number | undefined;
  #trouble: string | undefined;
  #listening: Listening | undefined;
  #loop: Promise<void> | undefined;

  constructor(parts: GovernorParts) {
    this.#parts = parts;
    this.#lease = new LeaseKeeper(parts.store, parts);
  }

  /** The term in which it speaks now; `undefined` when another one does, or nobody. */
  get epoch(): number | undefined {
    return this.#lease.speaks();
  }

  get lease(): { readonly view: LeaseView; readonly self: string } {
    return { view: this.#lease.view, self: this.#parts.self };
  }

  async start(): Promise<void> {
    const { outlook, reports, clock } = this.#parts;
    // Also while another one holds the lease: who takes over should know what happens.
    this.#listening = await reports.subscribe((report) => {
      for (const { epoch } of Object.values(report.heard)) this.#lease.hearOf(epoch);
      outlook.hear(report, clock.now());
    });
    this.#loop = this.#run();
  }

  /** Lets another one have the lease at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await this.#listening?.stop();
    await this.#lease.release().catch(() => {});
  }

  async #run(): Promise<void> {
    const { clock, elapsed } = this.#parts;
    let next = elapsed();
    while (!this.#stop.signal.aborted) {
      await this.#beat();
      // What took longer than a second is not made up for: a word is worth something for a second only.
      next = Math.max(next + BEAT_MS, elapsed());
      await clock.sleep(Math.max(0, next - elapsed()), this.#stop.signal);
    }
  }

  /** One second's work. Never throws. */
  async #beat(): Promise<void> {
    try {
      await this.#lease.beat();
      const epoch = this.#lease.speaks();
      if (epoch !== this.#epoch) await this.#changeTerm(epoch);
      if (epoch !== undefined) await this.#speak(epoch);
      if (this.#trouble !== undefined) this.#parts.logger.info({}, 'goes on');
      this.#trouble = undefined;
    } catch (error) {
      const trouble = isRefrainError(error) ? error.code : messageOf(error);
      if (trouble !== this.#trouble)
        this.#parts.logger.warn({ error: messageOf(error) }, 'cannot govern now; tried again each second');
      this.#trouble = trouble;
    }
  }

  async #changeTerm(epoch: number | undefined): Promise<void> {
    const { logger, outlook, clock } = this.#parts;
    this.#spoken.clear();
    this.#epoch = undefined;
    if (epoch === undefined) return logger.warn({}, 'holds the lease no longer, and is silent');
    await this.#readShared();
    const known = [...this.#names, ...outlook.dependencies(clock.now()), ...Object.keys(this.#pins)];
    const read = await Promise.all([...new Set(known)].map((dependency) => this.#read(dependency)));
    outlook.begin(
      read.flatMap(({ word: last }) => last ?? []),
      epoch,
      clock.now(),
    );
    this.#epoch = epoch; // only now: what failed half way is begun again
    logger.info({ epoch }, 'holds the lease, and speaks');
  }

  async #speak(epoch: number): Promise<void> {
    const { outlook, clock } = this.#parts;
    await this.#readShared();
    const now = clock.now();
    const pins = activePins(this.#pins, now);
    const words = outlook.decide({ policy: this.#policy.policy, pins, epoch, now });
    await Promise.all(this.#sayable(words).map((said) => this.#say(said)));
    await this.#keepNames(words.map(({ dependency }) => dependency).sort());
  }

  /** No instance would take a word outside its schema: the old one stays until it is too old to count. */
  #sayable(words: readonly Word[]): Word[] {
    const judged = words.map((said) => ({ said, problem: word.safeParse(said).error }));
    const unsayable = judged
      .flatMap(({ said, problem }) => (problem ? `${said.dependency}: ${messageOf(problem)}` : []))
      .join(' ')
      .replaceAll(/\s+/g, ' ');
    if (unsayable !== this.#unsayable && unsayable !== '')
      this.#parts.logger.error({ unsayable }, 'a defect of ours: decided words that are none');
    this.#unsayable = unsayable;
    return judged.flatMap(({ said, problem }) => (problem ? [] : said));
  }

  /** At most two tries: a second conflict means that somebody else speaks. */
  async #say(said: Word): Promise<void> {
    const { store, logger } = this.#parts;
    for (let tries = 0; tries < 2; tries++) {
      const before = this.#spoken.get(said.dependency) ?? (await this.#read(said.dependency));
      if (this.#lease.speaks() !== said.epoch) return;
      const revision = await store.write(wordKey(said.dependency), JSON.stringify(said), before.revision);
      if (revision !== undefined) {
        this.#spoken.set(said.dependency, { revision, word: said });
        return await this.#record(said, before.word);
      }
      const found = await this.#read(said.dependency);
      if (found.word && found.word.epoch > said.epoch) {
        logger.warn({ epoch: found.word.epoch }, 'another governor has taken over');
        return this.#lease.giveUp();
      }
    }
  }

  async #record(said: Word, before: Word | undefined): Promise<void> {
    const { dependency, kind, reason, rate, ramp = false, epoch } = said;
    const isSame =
      before?.kind === kind && (before.ramp ?? false) === ramp && before.pin?.at === said.pin?.at;
    // Of a governor that was killed the last line may be missing: each term begins with one.
    if (isSame && before.epoch === epoch) return;
    // That all is well from the first second on is no news.
    if (!isSame && (before || kind !== 'open'))
      this.#parts.logger.info({ dependency, kind, reason, rate, epoch }, 'another word');
    const at = this.#parts.clock.now();
    const line = {
      v: 1,
      what: 'word',
      at,
      kind,
      reason,
      epoch,
      ...(rate !== undefined && { rate }),
      ...(kind === 'throttled' && { ramp }),
    } as const;
    await recordChange(this.#parts.store, dependency, line);
  }

  async #read(dependency: string): Promise<Spoken> {
    const kept = await this.#parts.store.read(wordKey(dependency));
    const spoken = { revision: kept?.revision ?? 0, word: kept && parsed(word, kept.value) };
    this.#spoken.set(dependency, spoken);
    return spoken;
  }

  /** The next governor begins with these, though it may not have heard of them yet. */
  async #keepNames(names: readonly string[]): Promise<void> {
    if (names.join() === this.#names.join()) return;
    const value = JSON.stringify({ v: 1, names });
    const revision = await this.#parts.store.write(NAMES_KEY, value, this.#namesRevision);
    if (revision !== undefined) [this.#names, this.#namesRevision] = [names, revision];
  }

  /** What stands in the bucket now. What cannot be read is told, and leaves the last one standing. */
  async #readShared(): Promise<void> {
    const { store, logger } = this.#parts;
    const keys = [PINS_KEY, POLICY_KEY, NAMES_KEY] as const;
    const [pins, policy, names] = await Promise.all(keys.map(async (key) => await store.read(key)));
    const read = {
      [PINS_KEY]: pins ? parsed(storedPins, pins.value)?.pins : {},
      [POLICY_KEY]: policy ? parsed(storedPolicy, policy.value) : firstPolicy,
      [NAMES_KEY]: names ? parsed(storedNames, names.value)?.names : [],
    };
    this.#pins = read.pins ?? this.#pins;
    this.#names = read.dependencies ?? this.#names;
    this.#namesRevision = names?.revision ?? 0;
    if (read.policy && read.policy.version !== this.#policy.version) {
      const { version, by, why } = read.policy;
      logger.info({ version, by, why }, 'another policy holds');
    }
    this.#policy = read.policy ?? this.#policy;
    const unreadable = keys.filter((key) => read[key] === undefined).join(' ');
    if (unreadable !== this.#unreadable && unreadable !== '')
      logger.error({ unreadable }, 'cannot be read; what was read last stays');
    this.#unreadable = unreadable;
  }
}
