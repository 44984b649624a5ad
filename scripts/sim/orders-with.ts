import type { Commit } from '@refrain/event-log';
import { LogReader } from './log-reader.ts';

/** The orders of which a log holds an event of these types. */
export class OrdersWith {
  readonly #types: ReadonlySet<string>;
  readonly #found = new Set<string>();
  readonly #reader = new LogReader();

  constructor(...types: string[]) {
    this.#types = new Set(types);
  }

  in(commits: readonly Commit[]): ReadonlySet<string> {
    this.#reader.readOn(commits, {
      add: (commit) => this.#add(commit),
      forget: () => this.#found.clear(),
    });
    return this.#found;
  }

  #add({ types, entity }: Commit): void {
    for (const text of types)
      if (this.#types.has(text.slice(0, text.lastIndexOf('.')))) this.#found.add(entity.entityId);
  }
}
