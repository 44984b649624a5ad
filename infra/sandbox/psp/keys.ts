import type { Database } from '../door/database.ts';
import { keyMisused } from './stripe-fault.ts';

/** One idempotency key and what became of the first request under it. */
export interface KeyRecord {
  readonly key: string;
  readonly path: string;
  readonly body: string;
  /** When a request that is still in progress will be done, in milliseconds; null once it is. */
  readonly dueAtMs: number | null;
  readonly status: number | null;
  /** The first answer's very text; null while the request is in progress. */
  readonly answer: string | null;
}

/** The stored answers. A key older than the horizon is a key never seen: the work is done again under it. */
export interface Keys {
  find(key: string): KeyRecord | undefined;
  put(record: KeyRecord): void;
  inProgress(): KeyRecord[];
}

export function createKeys(
  { sqlite }: Database,
  { horizonMs, now }: { horizonMs: number; now: () => number },
): Keys {
  const columns = 'key, path, body, dueAtMs, status, answer';
  const select = sqlite.prepare(`SELECT ${columns} FROM keys WHERE key = ? AND atMs > ?`);
  const selectOpen = sqlite.prepare(`SELECT ${columns} FROM keys WHERE answer IS NULL`);
  const replace = sqlite.prepare(
    `INSERT INTO keys (${columns}, atMs) VALUES (:key, :path, :body, :dueAtMs, :status, :answer, :atMs)
       ON CONFLICT (key) DO UPDATE SET path = :path, body = :body, dueAtMs = :dueAtMs, status = :status,
       answer = :answer, atMs = CASE WHEN keys.answer IS NULL THEN keys.atMs ELSE :atMs END`,
  );
  return {
    find: (key) => select.get(key, now() - horizonMs) as KeyRecord | undefined,
    put: (record) => void replace.run({ ...record, atMs: now() }),
    inProgress: () => selectOpen.all() as unknown as KeyRecord[],
  };
}

/** Refuses a key that was first used for something else. */
export function refuseOtherUse(seen: KeyRecord, { path, body }: { path: string; body: string }): void {
  const hint = `Try using a key other than '${seen.key}' if you meant to execute a different request.`;
  const rule = 'Keys for idempotent requests can only be used';
  if (seen.path !== path) {
    throw keyMisused(
      `${rule} for the endpoint they were first used for ('${path}' vs '${seen.path}'). ${hint}`,
    );
  }
  if (seen.body !== body)
    throw keyMisused(`${rule} with the same parameters they were first used with. ${hint}`);
}
