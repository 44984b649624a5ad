import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Database {
  readonly sqlite: DatabaseSync;
  /** Runs `write` as one transaction: all of it is stored, or, when it throws, none of it. */
  readonly atomically: <T>(write: () => T) => T;
  /**
   * The same, in one transaction with whatever else is asked for in this turn of the event loop, since under
   * load the commit is what costs most. Settles once all of it is stored; when one throws, none is.
   */
  readonly together: <T>(write: () => T) => Promise<T>;
  readonly close: () => void;
}

/**
 * Opens the SQLite file, made with its tables if it is missing. Its folder is readable by the owner only
 * (0700).
 *
 * WAL with `synchronous = NORMAL`: what is committed is with the operating system, so it survives SIGKILL of
 * this process. A power cut may take the last commits; a sandbox does not promise more than that.
 */
export function openDatabase(file: string, tables: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  chmodSync(dirname(file), 0o700); // mkdir leaves the mode of a folder that was already there
  const sqlite = new DatabaseSync(file);
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;');
  sqlite.exec(tables);
  const atomically = <T>(write: () => T): T => {
    sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = write();
      sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      sqlite.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    sqlite,
    atomically,
    together: gather(atomically),
    close() {
      if (sqlite.isOpen) sqlite.close();
    },
  };
}

function gather(atomically: Database['atomically']): Database['together'] {
  let waiting: { write: () => void; settle: (error?: unknown) => void }[] = [];
  const store = () => {
    const turn = waiting;
    waiting = [];
    try {
      atomically(() => turn.forEach(({ write }) => write()));
    } catch (error) {
      turn.forEach(({ settle }) => settle(error));
      return;
    }
    turn.forEach(({ settle }) => settle());
  };
  return (write) =>
    new Promise((resolve, reject) => {
      let result: ReturnType<typeof write>;
      waiting.push({
        write: () => (result = write()),
        settle: (error) => (error === undefined ? resolve(result) : reject(error)),
      });
      if (waiting.length === 1) setImmediate(store);
    });
}
