import type { DatabaseSync } from 'node:sqlite';
import type { Money } from '@refrain/contract-kit';
import { orders } from '@refrain/contract-orders';
import type { Commit, Position, RecordedEvent } from '@refrain/event-log';

export interface OrderView {
  readonly orderId: string;
  readonly status: 'placed' | 'cancelling' | 'completed' | 'cancelled';
  readonly reason?: string;
  readonly lines: readonly { sku: string; quantity: number; unitPrice: Money }[];
  readonly total: Money;
  /** When it was completed or cancelled, by the log's clock. */
  readonly settledAt?: string;
}

/** Which orders, and from which end. `after`: the last order of the page before. */
export interface ListQuery {
  readonly status?: string | undefined;
  readonly first?: 'oldest' | 'newest' | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

/** One building of the read model: its table, and how far it has read. */
export type Generation = ReturnType<typeof openGeneration>;

interface Row {
  readonly orderId: string;
  readonly status: OrderView['status'];
  readonly reason: string | null;
  readonly lines: string;
  readonly totalMinor: number;
  readonly settledAt: number | null;
}

function viewOf({ orderId, status, reason, lines, totalMinor, settledAt }: Row): OrderView {
  const total: Money = { minor: totalMinor, currency: 'EUR' };
  return {
    orderId,
    status,
    ...(reason !== null && { reason }),
    lines: JSON.parse(lines) as OrderView['lines'],
    total,
    ...(settledAt !== null && { settledAt: new Date(settledAt).toISOString() }),
  };
}

const changes = ['OrderPlaced', 'OrderCancelling', 'OrderCompleted', 'OrderCancelled'];
const isOfInterest = (type: string): boolean => changes.includes(type.slice(0, type.lastIndexOf('.')));

export function openGeneration(db: DatabaseSync, n: number) {
  const table = `orders_${n}`;
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (
       orderId TEXT PRIMARY KEY, seq INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT,
       lines TEXT NOT NULL, totalMinor INTEGER NOT NULL, settledAt INTEGER) WITHOUT ROWID;
     CREATE UNIQUE INDEX IF NOT EXISTS ${table}_placed ON ${table} (seq);
     CREATE INDEX IF NOT EXISTS ${table}_status ON ${table} (status, seq);
     INSERT OR IGNORE INTO generations (n, seq, commitId, serving) VALUES (${n}, NULL, NULL, 0);`,
  );
  const where = db.prepare('SELECT seq, commitId FROM generations WHERE n = ? AND seq IS NOT NULL');
  const move = db.prepare('UPDATE generations SET seq = ?, commitId = ? WHERE n = ?');
  const place = db.prepare(
    `INSERT INTO ${table} (orderId, seq, status, lines, totalMinor) VALUES (?, ?, 'placed', ?, ?)`,
  );
  const change = db.prepare(
    `UPDATE ${table} SET status = ?, reason = coalesce(?, reason), settledAt = ? WHERE orderId = ?`,
  );
  const one = db.prepare(`SELECT * FROM ${table} WHERE orderId = ?`);
  const placedAt = db.prepare(`SELECT seq FROM ${table} WHERE orderId = ?`);
  const list = (which: string) => ({
    oldest: db.prepare(`SELECT * FROM ${table} WHERE ${which} seq > ? ORDER BY seq LIMIT ?`),
    newest: db.prepare(`SELECT * FROM ${table} WHERE ${which} seq < ? ORDER BY seq DESC LIMIT ?`),
  });
  const [all, ofStatus] = [list(''), list('status = ? AND')];

  const note = ({ type, version, data }: RecordedEvent, { entity, seq, at }: Commit): void => {
    const { entityId } = entity;
    switch (type) {
      case 'OrderPlaced': {
        const { lines, total } = orders.OrderPlaced.parse(version, data);
        place.run(entityId, seq, JSON.stringify(lines), total.minor);
        break;
      }
      case 'OrderCancelling':
        change.run('cancelling', orders.OrderCancelling.parse(version, data).reason, null, entityId);
        break;
      case 'OrderCompleted':
        change.run('completed', null, at, entityId);
        break;
      case 'OrderCancelled':
        change.run('cancelled', null, at, entityId);
        break;
    }
  };
  return {
    position: () => where.get(n) as Position | undefined,
    moveTo: ({ seq, commitId }: Position): void => void move.run(seq, commitId, n),
    apply(commit: Commit): void {
      if (!commit.types.some(isOfInterest)) return; // most commits are passed over by their header
      for (const event of commit.body().events) note(event, commit);
    },
    serve: (): void => db.exec(`UPDATE generations SET serving = (n = ${n})`),
    drop: (): void => db.exec(`DROP TABLE ${table}; DELETE FROM generations WHERE n = ${n}`),
    find(orderId: string): OrderView | undefined {
      const row = one.get(orderId) as Row | undefined;
      return row && viewOf(row);
    },
    list({ status, first = 'oldest', limit, after }: ListQuery) {
      const start = { seq: first === 'oldest' ? 0 : Number.MAX_SAFE_INTEGER };
      const from = after === undefined ? start : (placedAt.get(after) as { seq: number } | undefined);
      if (!from) return undefined;
      const rows =
        status === undefined ? all[first].all(from.seq, limit) : ofStatus[first].all(status, from.seq, limit);
      return (rows as unknown as Row[]).map(viewOf);
    },
  };
}
