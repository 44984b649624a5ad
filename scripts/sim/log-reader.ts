import type { Commit } from '@refrain/event-log';

/**
 * Reads on in a log that is asked about at every moment of a run, so that each commit is looked at once.
 * Where its tail was cut, what stands there is another one: all is forgotten and read anew.
 */
export class LogReader {
  #last: Commit | undefined;
  #seen = 0;

  readOn(commits: readonly Commit[], on: { add: (commit: Commit) => void; forget: () => void }): void {
    if (this.#seen > 0 && commits[this.#seen - 1] !== this.#last) {
      on.forget();
      this.#seen = 0;
    }
    for (; this.#seen < commits.length; this.#seen++) {
      this.#last = commits[this.#seen] as Commit;
      on.add(this.#last);
    }
  }
}
