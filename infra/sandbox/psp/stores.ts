import type { Database } from '../door/database.ts';
import type { Charge, ChargeStore } from './charges.ts';
import type { IntentStore, PaymentIntent } from './payment-intent.ts';
import type { Refund, RefundStore } from './refunds.ts';

export function createIntentStore({ sqlite }: Database): IntentStore {
  const select = sqlite.prepare('SELECT intent FROM intents WHERE id = ?');
  const replace = sqlite.prepare('INSERT OR REPLACE INTO intents (id, intent) VALUES (?, ?)');
  return {
    find(id) {
      const row = select.get(id);
      return row && (JSON.parse(String(row['intent'])) as PaymentIntent);
    },
    put: (intent) => void replace.run(intent.id, JSON.stringify(intent)),
  };
}

export function createRefundStore({ sqlite }: Database): RefundStore {
  const insert = sqlite.prepare('INSERT INTO refunds (id, intentId, amount, refund) VALUES (?, ?, ?, ?)');
  const sum = sqlite.prepare('SELECT coalesce(sum(amount), 0) AS amount FROM refunds WHERE intentId = ?');
  const select = sqlite.prepare(
    `SELECT refund FROM refunds WHERE (:intentId IS NULL OR intentId = :intentId)
       AND json_extract(refund, '$.created') BETWEEN :gte AND :lte
       AND (:after IS NULL OR n < (SELECT n FROM refunds WHERE id = :after)) ORDER BY n DESC LIMIT :limit`,
  );
  return {
    put: (refund) => void insert.run(refund.id, refund.payment_intent, refund.amount, JSON.stringify(refund)),
    sumOf: (intentId) => Number(sum.get(intentId)?.['amount']),
    list: ({ within, ...query }) =>
      select.all({ ...query, ...within }).map((row) => JSON.parse(String(row['refund'])) as Refund),
  };
}

export function createChargeStore({ sqlite }: Database): ChargeStore {
  const insert = sqlite.prepare('INSERT INTO charges (id, created, charge) VALUES (?, ?, ?)');
  const select = sqlite.prepare(
    `SELECT charge FROM charges WHERE created BETWEEN :gte AND :lte
       AND (:after IS NULL OR n < (SELECT n FROM charges WHERE id = :after)) ORDER BY n DESC LIMIT :limit`,
  );
  return {
    put: (charge) => void insert.run(charge.id, charge.created, JSON.stringify(charge)),
    list: ({ within, ...query }) =>
      select.all({ ...query, ...within }).map((row) => JSON.parse(String(row['charge'])) as Charge),
  };
}
