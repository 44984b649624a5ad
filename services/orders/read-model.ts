import { DatabaseSync } from 'node:sqlite';
import type { Commit, Position } from '@refrain/event-log';
import type { ReadModel, RebuildableModel } from '@refrain/runtime';
import { type Generation, type ListQuery, openGeneration, type OrderView } from './read-model-generation.ts';

/** Changes with the tables; a file of another version is emptied. */
const VERSION = 2;

/**
 * The orders as GET shows them, in SQLite beside the log: rows and position are one transaction, and all of
 * it can be deleted at any time. Each building of it has its tables. What answers is always one that had read
 * as far as the log went; `rebuild` fills a new one beside it, which then takes its place.
 */
export class OrdersReadModel implements RebuildableModel {
  readonly name = 'orders';
  readonly beside: ReadModel;
  readonly #db: DatabaseSync;
  #serving: Generation | undefined;
  #building: Generation | undefined;

  /** `file`: a path, or `:memory:`. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.#db.exec(
      `CREATE TABLE IF NOT EXISTS generations
         (n INTEGER PRIMARY KEY, seq INTEGER, commitId TEXT, serving INTEGER)`,
    );
    const { user_version } = this.#db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (user_version !== VERSION) this.#dropAll();
    this.#db.exec(`PRAGMA user_version = ${VERSION}`);
    const known = this.#db.prepare('SELECT n, serving FROM generations ORDER BY n').all() as {
      n: number;
      serving: number;
    }[];
    const openOf = (serving: number): Generation | undefined => {
      const found = known.find((generation) => generation.serving === serving);
      return found && openGeneration(this.#db, found.n);
    };
    this.#serving = openOf(1);
    this.#building = openOf(0);
    if (!this.#serving) this.rebuild();
    this.beside = {
      position: () => this.#building?.position(),
      isIdle: () => this.#building === undefined,
      apply: (commits, position) => this.#applyTo(this.#building, commits, position),
      atEnd: () => this.#switch(),
      reset: () => {
        this.#atomically(() => this.#building?.drop());
        this.#building = undefined;
        this.rebuild();
      },
    };
  }

  position(): Position | undefined {
    return this.#serving?.position();
  }

  /** Before the first building has read all there is, nothing answers. */
  isIdle(): boolean {
    return this.#serving === undefined;
  }

  apply(commits: readonly Commit[], position: Position): void {
    this.#applyTo(this.#serving, commits, position);
  }

  /**
   * What it shows is of another log: it forgets it at once, and orders are answered from the log meanwhile.
   */
  reset(): void {
    this.#atomically(() => this.#dropAll());
    this.#serving = undefined;
    this.#building = undefined;
    this.rebuild();
  }

  /** Builds everything anew from the log; one that an earlier process began goes on. */
  rebuild(): void {
    this.#building ??= this.#atomically(() => this.#fresh());
  }

  find(orderId: string): OrderView | undefined {
    return this.#serving?.find(orderId);
  }

  /**
   * In the order of placing, behind the order `after`. `undefined`: it does not know that order, or does not
   * answer yet, see `isIdle`.
   */
  list(query: ListQuery): OrderView[] | undefined {
    return this.#serving?.list(query);
  }

  close(): void {
    this.#db.close();
  }

  #applyTo(target: Generation | undefined, commits: readonly Commit[], position: Position): void {
    // A page that was asked for before a switch, or that another process has applied, belongs elsewhere.
    if (!target || commits[0]?.seq !== (target.position()?.seq ?? 0) + 1) return;
    this.#atomically(() => {
      for (const commit of commits) target.apply(commit);
      target.moveTo(position);
    });
  }

  /** The new building has read all there is: it answers and the old one is gone, both or neither. */
  #switch(): void {
    const built = this.#building;
    // A replica that lags may end before what is shown already.
    if (!built || (built.position()?.seq ?? 0) < (this.#serving?.position()?.seq ?? 0)) return;
    this.#atomically(() => {
      this.#serving?.drop();
      built.serve();
    });
    this.#serving = built;
    this.#building = undefined;
  }

  #fresh(): Generation {
    const { n } = this.#db.prepare('SELECT coalesce(max(n), 0) + 1 AS n FROM generations').get() as {
      n: number;
    };
    return openGeneration(this.#db, n);
  }

  #dropAll(): void {
    for (const { n } of this.#db.prepare('SELECT n FROM generations').all() as { n: number }[])
      this.#db.exec(`DROP TABLE IF EXISTS orders_${n}`);
    this.#db.exec('DELETE FROM generations');
  }

  #atomically<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const done = work();
      this.#db.exec('COMMIT');
      return done;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
