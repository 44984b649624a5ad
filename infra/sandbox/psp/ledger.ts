import type { Database } from '../door/database.ts';

/** Money that moved. Nothing else is in the ledger: an intent that was not confirmed moved none. */
export interface PspLedgerLine {
  readonly kind: 'charge' | 'refund';
  /** The payment intent's id (`pi_…`) of a charge, the refund's (`re_…`) of a refund. */
  readonly id: string;
  /** The key of the request that moved the money; null if it carried none. */
  readonly idempotencyKey: string | null;
  /** From the metadata of the intent, or of the refund. */
  readonly orderId: string | null;
  readonly operationId: string | null;
  /** Minor units. */
  readonly amount: number;
  readonly currency: 'eur';
  /** ISO 8601 UTC. */
  readonly at: string;
}

export interface Ledger {
  append(line: PspLedgerLine): void;
  list(): PspLedgerLine[];
}

export function createLedger({ sqlite }: Database): Ledger {
  // No uniqueness, on purpose: a double is what an audit looks for, so it must be able to exist.
  const insert = sqlite.prepare('INSERT INTO ledger (line) VALUES (?)');
  const select = sqlite.prepare('SELECT line FROM ledger ORDER BY n');
  return {
    append: (line) => void insert.run(JSON.stringify(line)),
    list: () => select.all().map((row) => JSON.parse(String(row['line'])) as PspLedgerLine),
  };
}
