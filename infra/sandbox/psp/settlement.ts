import type { Database } from '../door/database.ts';
import { readForm } from './form.ts';
import type { KeyRecord, Keys } from './keys.ts';
import { perform } from './once.ts';
import type { FindRoute } from './routes.ts';
import { serverError } from './stripe-fault.ts';

interface Desk {
  readonly database: Database;
  readonly keys: Keys;
  readonly findRoute: FindRoute;
  readonly now: () => number;
}

/** Finishes the requests that were answered "in progress". */
export interface Settlement {
  /** Does the work now and stores its answer; belongs into a transaction. */
  settle(record: KeyRecord): KeyRecord;
  /** Does the work when it is due, whether or not anybody asks again. */
  settleWhenDue(key: string): void;
  /** Takes up again what was in progress when the process ended. */
  resume(): void;
  close(): void;
}

export function createSettlement({ database, keys, findRoute, now }: Desk): Settlement {
  const timers = new Map<string, NodeJS.Timeout>();

  const settle = (record: KeyRecord): KeyRecord => {
    const { endpoint, id } = findRoute('POST', record.path);
    const { status, answer } = perform(() => {
      if (!endpoint) throw serverError();
      return endpoint(readForm(record.body))({ id, idempotencyKey: record.key });
    });
    const settled = { ...record, dueAtMs: null, status, answer };
    keys.put(settled);
    return settled;
  };

  const settleWhenDue = (key: string) => {
    const record = keys.find(key);
    if (!record || record.answer !== null || timers.has(key)) return;
    const settleLeft = () => {
      timers.delete(key);
      const left = keys.find(key);
      if (left && left.answer === null) settle(left); // a request may have come first and settled it
    };
    const dueInMs = Math.max(0, (record.dueAtMs ?? 0) - now());
    const timer = setTimeout(() => database.atomically(settleLeft), dueInMs);
    timers.set(key, timer);
  };

  return {
    settle,
    settleWhenDue,
    resume() {
      for (const { key } of keys.inProgress()) settleWhenDue(key);
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
