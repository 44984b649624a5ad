import { callTables } from '../door/calls.ts';
import { faultTables } from '../door/faults.ts';

/** Everything the sandbox remembers: intents, charges and refunds as the JSON that Stripe's client sees. */
export const pspTables = `
  CREATE TABLE IF NOT EXISTS intents (id TEXT PRIMARY KEY, intent TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS refunds (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    intentId TEXT NOT NULL, amount INTEGER NOT NULL, refund TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS refundsOfIntent ON refunds (intentId);
  CREATE TABLE IF NOT EXISTS charges (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL, charge TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS chargesByTime ON charges (created);
  CREATE TABLE IF NOT EXISTS ledger (n INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, path TEXT NOT NULL, body TEXT NOT NULL,
    atMs INTEGER NOT NULL, dueAtMs INTEGER, status INTEGER, answer TEXT) STRICT, WITHOUT ROWID;
  ${callTables}
  ${faultTables}`;
