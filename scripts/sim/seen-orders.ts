import type { Commit } from '@refrain/event-log';

/** Orders of which a log holds such an event; asked at every moment, so only what is new is looked at. */
export class Orders {
  readonly #wanted: ReadonlySet<string>;
  readonly #found = new Set<string>();
  #last: Commit | undefined;
  #seen = 0;

  constructor(...types: string[]) {
    this.#wanted = new Set(types);
  }

  of(commits: readonly Commit[]): ReadonlySet<string> {
    // Where its tail was cut, what stands there is another one.
    if (this.#seen > 0 && commits[this.#seen - 1] !== this.#last) {
      this.#found.clear();
      this.#seen = 0;
    }
    for (; this.#seen < commits.length; this.#seen++) {
      const commit = commits[this.#seen] as Commit;
      for (const text of commit.types)
        if (this.#wanted.has(text.slice(0, text.lastIndexOf('.')))) this.#found.add(commit.entity.entityId);
      this.#last = commit;
    }
    return this.#found;
  }
}
