import type { Database } from './database.ts';

export interface CallQuery {
  readonly operationId?: string | undefined;
  /** ISO 8601 time; calls at or after it. */
  readonly since?: string | undefined;
  /** The number of the last call the reader has seen. */
  readonly after: number;
  readonly limit: number;
}

/** Every call that reached the sandbox, numbered from 1 in the order in which its fate was decided. */
export interface Calls<Call> {
  /** Belongs into the transaction that decides the call's fate. Returns the call's number. */
  record(call: Call): number;
  list(query: CallQuery): (Call & { n: number })[];
}

/** The table `createCalls` needs. */
export const callTables = `
  CREATE TABLE IF NOT EXISTS calls (n INTEGER PRIMARY KEY AUTOINCREMENT, atMs INTEGER NOT NULL,
    operationId TEXT, call TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS callsOfOperation ON calls (operationId, n);`;

export function createCalls<Call extends { at: string; operationId: string | null }>(
  database: Database,
): Calls<Call> {
  const insert = database.sqlite.prepare('INSERT INTO calls (atMs, operationId, call) VALUES (?, ?, ?)');
  const select = database.sqlite.prepare(
    `SELECT n, call FROM calls WHERE n > :after AND (:operationId IS NULL OR operationId = :operationId)
       AND atMs >= :sinceMs ORDER BY n LIMIT :limit`,
  );
  return {
    record: (call) =>
      Number(insert.run(Date.parse(call.at), call.operationId, JSON.stringify(call)).lastInsertRowid),
    list({ operationId = null, since, after, limit }) {
      const sinceMs = since === undefined ? 0 : Date.parse(since);
      const rows = select.all({ after, operationId, sinceMs, limit }) as { n: number; call: string }[];
      return rows.map((row) => ({ n: row.n, ...(JSON.parse(row.call) as Call) }));
    },
  };
}
