import type { Clock } from '@refrain/event-log';
import {
  type GovernorStore,
  type Pin,
  type StoredPolicy,
  storedPolicy,
  type Word,
  word,
} from '@refrain/governor';
import {
  activePins,
  type Change,
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
import { BEAT_MS } from './governor.ts';
import { historyOf, recordChange } from './history.ts';
import type { BudgetUse, InstanceSeen, Outlook } from './outlook.ts';
import type { LeaseView } from './lease.ts';

/** Who asks, from where, and why. It stays on record. */
export interface Asker {
  readonly by: string;
  readonly host: string;
  readonly why: string;
}

export interface PinRequest extends Asker {
  readonly kind: Pin['kind'];
  readonly rate?: number | undefined;
  /** Seconds; absent: until it is released. */
  readonly forS?: number | undefined;
}

export interface Status {
  readonly lease: {
    readonly holder: string;
    readonly epoch: number;
    /** Whether it is the governor that was asked. */
    readonly isOwn: boolean;
  } | null;
  readonly policyVersion: number;
  readonly words: readonly (Omit<Word, 'v' | 'shares' | 'newcomer'> & { readonly saidAgoMs: number })[];
  readonly budgets: readonly (BudgetUse & {
    /** More than allowed, because there was a ramp: the budget does not bound it. */
    readonly ramp?: boolean;
  })[];
  readonly instances: readonly (Omit<InstanceSeen, 'heardAt'> & { readonly heardAgoMs: number })[];
}

/** What came of a request that builds on what the asker has seen. */
export type Outcome<T> = { readonly done: T } | { readonly refused: 'unknown' | 'changed' | 'not pinned' };

export interface DeskParts {
  readonly store: GovernorStore;
  readonly outlook: Outlook;
  readonly clock: Pick<Clock, 'now'>;
  readonly lease: () => { readonly view: LeaseView; readonly self: string };
}

const TRIES = 8;
/**
 * So long after its word, in milliseconds, what a ramp let go may be among the retries of the budget's 10 s:
 * it is spent and told a few seconds later.
 */
const RAMP_COUNTS_MS = 14_000;

/**
 * What a person may see and say at any governor, whether or not it holds the lease: all of it stands in the
 * bucket, and the one that speaks reads it there within a second.
 */
export class Desk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Every dependency that is reported, pinned or spoken of. */
  async dependencies(): Promise<string[]> {
    const { outlook, store, clock } = this.#parts;
    const { pins } = await this.#pins();
    const kept = await store.read(NAMES_KEY);
    const names = kept ? storedNames.parse(JSON.parse(kept.value)).names : [];
    return [...new Set([...names, ...outlook.dependencies(clock.now()), ...Object.keys(pins)])].sort();
  }

  async status(): Promise<Status> {
    const { store, outlook, clock, lease } = this.#parts;
    const { view, self } = lease();
    const stored = await this.policy();
    const read = (await this.dependencies()).map((dependency) => store.read(wordKey(dependency)));
    const kept = await Promise.all(read);
    const now = clock.now();
    return {
      lease:
        view.lease && view.lease.released !== true
          ? { holder: view.lease.holder, epoch: view.lease.epoch, isOwn: view.lease.holder === self }
          : null,
      policyVersion: stored.version,
      words: kept.flatMap((one) => {
        if (!one) return [];
        const { v: _v, shares: _shares, newcomer: _newcomer, ...said } = word.parse(JSON.parse(one.value));
        return [{ ...said, saidAgoMs: Math.max(0, now - one.at) }];
      }),
      budgets: await Promise.all(
        outlook.budgets(stored.policy, now).map(async (use) => ({
          ...use,
          ...(use.used > use.allowed && (await this.#hadRamp(use.dependency, now)) && { ramp: true }),
        })),
      ),
      instances: outlook
        .instances(now)
        .map(({ heardAt, ...rest }) => ({ ...rest, heardAgoMs: now - heardAt })),
    };
  }

  async history(dependency: string, limit: number): Promise<Change[]> {
    return await historyOf(this.#parts.store, dependency, limit);
  }

  /** Holds a person's word until it is released or over. One that was there before makes room for it. */
  async pin(dependency: string, { kind, rate, forS, ...asker }: PinRequest): Promise<Outcome<Pin>> {
    if (!(await this.dependencies()).includes(dependency)) return { refused: 'unknown' };
    const at = this.#parts.clock.now();
    const pin: Pin = {
      kind,
      ...(rate !== undefined && { rate }),
      ...(forS !== undefined && { until: at + forS * 1_000 }),
      ...asker,
      at,
    };
    if (!(await this.#changePins((pins) => ({ ...pins, [dependency]: pin })))) return { refused: 'changed' };
    await recordChange(this.#parts.store, dependency, { v: 1, what: 'pinned', at, pin });
    return { done: pin };
  }

  async release(dependency: string, asker: Asker): Promise<Outcome<Asker>> {
    const at = this.#parts.clock.now();
    const { pins } = await this.#pins();
    if (!Object.hasOwn(pins, dependency)) return { refused: 'not pinned' };
    const without = (all: Pins): Pins =>
      Object.fromEntries(Object.entries(all).filter(([name]) => name !== dependency));
    if (!(await this.#changePins(without))) return { refused: 'changed' };
    await recordChange(this.#parts.store, dependency, { v: 1, what: 'released', at, ...asker });
    return { done: asker };
  }

  /** The one that holds. @throws when what is kept is none. */
  async policy(): Promise<StoredPolicy> {
    return (await this.#storedPolicy()).stored;
  }

  /** Sets another one, if it is still `version` that holds. */
  async setPolicy(
    policy: StoredPolicy['policy'],
    { version, ...asker }: Asker & { readonly version: number },
  ): Promise<Outcome<StoredPolicy>> {
    const { stored, revision } = await this.#storedPolicy();
    if (stored.version !== version) return { refused: 'changed' };
    const next = { version: version + 1, policy, ...asker, at: this.#parts.clock.now() };
    const written = await this.#parts.store.write(POLICY_KEY, JSON.stringify(next), revision);
    return written === undefined ? { refused: 'changed' } : { done: next };
  }

  /** Whichever governor spoke: its words are kept for a minute. */
  async #hadRamp(dependency: string, now: number): Promise<boolean> {
    const kept = await this.#parts.store.history(wordKey(dependency), RAMP_COUNTS_MS / BEAT_MS);
    return kept.some(({ value, at }) => now - at < RAMP_COUNTS_MS && parsed(word, value)?.ramp === true);
  }

  async #storedPolicy(): Promise<{ stored: StoredPolicy; revision: number }> {
    const kept = await this.#parts.store.read(POLICY_KEY);
    if (!kept) return { stored: firstPolicy, revision: 0 };
    return { stored: storedPolicy.parse(JSON.parse(kept.value)), revision: kept.revision };
  }

  async #pins(): Promise<{ pins: Pins; revision: number }> {
    const kept = await this.#parts.store.read(PINS_KEY);
    if (!kept) return { pins: {}, revision: 0 };
    const { pins } = storedPins.parse(JSON.parse(kept.value));
    return { pins: activePins(pins, this.#parts.clock.now()), revision: kept.revision };
  }

  /** Again on what others have changed meanwhile; false after eight times. What is over is dropped. */
  async #changePins(change: (pins: Pins) => Pins): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { pins, revision } = await this.#pins();
      const value = JSON.stringify({ v: 1, pins: change(pins) });
      if ((await this.#parts.store.write(PINS_KEY, value, revision)) !== undefined) return true;
    }
    return false;
  }
}
