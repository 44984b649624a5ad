import type { ContractInfo } from '@refrain/contract-kit';
import { type Commit, nameOf, parseType, type Position } from '@refrain/event-log';
import type { ReadModel } from './handle.ts';
import { foldMatters, type Matter, type OpenSince } from './matters.ts';
import type { Metrics } from './metrics.ts';

interface Held {
  readonly open: OpenSince;
  /** In minor units, by the matter's name. */
  readonly worth: ReadonlyMap<string, number>;
}

/** An entity, its matters that are open, and what they are worth. */
type KeptMatters = [string, [string, number][], [string, number][]];

/**
 * A service's matters that are open, from its log alone. Memory: a few numbers for each entity that has one.
 * Bodies are decoded only of the events that say what a matter is worth.
 */
export class OpenMatters implements ReadModel {
  readonly #matters: readonly Matter[];
  readonly #contract: ContractInfo;
  readonly #onUnreadable: (commit: Commit, error: unknown) => void;
  readonly #held = new Map<string, Held>();
  #position: Position | undefined;

  constructor(
    contract: ContractInfo,
    matters: readonly Matter[],
    onUnreadable: (commit: Commit, error: unknown) => void = () => {},
  ) {
    this.#contract = contract;
    this.#matters = matters;
    this.#onUnreadable = onUnreadable;
  }

  position(): Position | undefined {
    return this.#position;
  }

  reset(): void {
    this.#held.clear();
    this.#position = undefined;
  }

  /** All that it holds, to be kept. */
  kept(): unknown {
    return [...this.#held].map(([key, { open, worth }]): KeptMatters => [key, [...open], [...worth]]);
  }

  /** Becomes what was kept at that position. It must be empty before. */
  restore(kept: unknown, position: Position): void {
    for (const [key, open, worth] of kept as KeptMatters[])
      this.#held.set(key, { open: new Map(open), worth: new Map(worth) });
    this.#position = position;
  }

  apply(commits: readonly Commit[], position: Position): void {
    if (this.#matters.length > 0) for (const commit of commits) this.#fold(commit);
    this.#position = position;
  }

  #fold(commit: Commit): void {
    const key = nameOf(commit.entity);
    const before = this.#held.get(key);
    const types = commit.types.map((text) => parseType(text).type);
    const open = foldMatters(this.#matters, before?.open ?? new Map(), types, commit.at);
    if (open.size === 0) this.#held.delete(key);
    else this.#held.set(key, { open, worth: this.#worthAfter(commit, types, before?.worth ?? new Map()) });
  }

  #worthAfter(commit: Commit, types: readonly string[], before: Held['worth']): Held['worth'] {
    const valued = this.#matters.filter(({ worth }) => worth && types.includes(worth.of));
    if (valued.length === 0) return before;
    const after = new Map(before);
    try {
      for (const { type, version, data } of commit.body().events)
        for (const { name, worth } of valued)
          if (worth?.of === type)
            after.set(name, worth.is(this.#contract.types[type]?.parse(version, data)).minor);
    } catch (error) {
      this.#onUnreadable(commit, error); // it is open all the same, and worth what is not known
    }
    return after;
  }

  /** Tells what is open as of the last look at the log; how old, as of `now`. */
  tell(metrics: Metrics, now: number): void {
    for (const { name: matter, worth: of } of this.#matters) {
      let [count, oldest, minor] = [0, now, 0];
      for (const { open, worth } of this.#held.values()) {
        const since = open.get(matter);
        if (since === undefined) continue;
        count++;
        oldest = Math.min(oldest, since);
        minor += worth.get(matter) ?? 0;
      }
      metrics.set('refrain_matters_open', count, { matter });
      metrics.set('refrain_oldest_matter_seconds', (now - oldest) / 1_000, { matter });
      if (of) metrics.set('refrain_matters_money_minor', minor, { matter, currency: 'EUR' });
    }
  }
}
