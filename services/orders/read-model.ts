import { DatabaseSync } from 'node:sqlite';
import type { Commit, Position } from '@refrain/event-log';
import type { ReadModel } from '@refrain/runtime';
import { type Generation, openGeneration, type OrderView } from './read-model-generation.ts';

/** Changes with the tables; a file of another version is emptied. */
const VERSION = 1;

/**
 * The orders as GET shows them, in SQLite beside the log: rows and position are one transaction, and all of
 * it can be deleted at any time. Each building of it has its tables; `rebuild` fills new ones while the old
 * ones answer.
 */
export class OrdersReadModel implements ReadModel {
  readonly #db: DatabaseSync;
  #serving: Generation;
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
    const serving = known.find((generation) => generation.serving === 1);
    this.#serving = serving ? openGeneration(this.#db, serving.n) : this.#fresh();
    this.#serving.serve();
    const building = known.find((generation) => generation.serving !== 1);
    this.#building = building && openGeneration(this.#db, building.n);
  }

  position(): Position | undefined {
    return (this.#building ?? this.#serving).position();
  }

  apply(commits: readonly Commit[], position: Position): void {
    const target = this.#building ?? this.#serving;
    // A page that was asked for before a rebuild began, or that another instance has applied, belongs
    // elsewhere.
    if (commits[0]?.seq !== (target.position()?.seq ?? 0) + 1) return;
    this.#atomically(() => {
      for (const commit of commits) target.apply(commit);
      target.moveTo(position);
      if (target === this.#building && position.seq >= (this.#serving.position()?.seq ?? 0))
        this.#swap(target);
    });
  }

  /**
   * What it shows is of another log: it forgets it at once, and orders are answered from the log meanwhile.
   */
  reset(): void {
    this.#atomically(() => {
      this.#dropAll();
      this.#building = undefined;
      this.#serving = this.#fresh();
      this.#serving.serve();
    });
  }

  /** Builds everything anew from the log. What is there answers until the new one has got as far. */
  rebuild(): void {
    this.#atomically(() => {
      this.#building?.drop();
      this.#building = this.#fresh();
    });
  }

  find(orderId: string): OrderView | undefined {
    return this.#serving.find(orderId);
  }

  /** In the order of placing, behind the order `after`. `undefined`: it does not know that order. */
  list(query: {
    status?: string | undefined;
    limit: number;
    after?: string | undefined;
  }): OrderView[] | undefined {
    return this.#serving.list(query);
  }

  close(): void {
    this.#db.close();
  }

  #swap(built: Generation): void {
    this.#serving.drop();
    built.serve();
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

  #atomically(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}
