import type { PlacedEvent, StockView, Violation } from './records.ts';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** Per SKU: what came in, and what is held for orders, from the warehouse's events alone. */
export function stockOf(events: readonly PlacedEvent[]): Map<string, { received: number; held: number }> {
  const stock = new Map<string, { received: number; held: number }>();
  const of = (sku: string): { received: number; held: number } => {
    const item = stock.get(sku) ?? { received: 0, held: 0 };
    stock.set(sku, item);
    return item;
  };
  for (const { type, data } of events) {
    if (type === 'StockReceived') of((data as Line).sku).received += (data as Line).quantity;
    if (type !== 'StockReserved' && type !== 'StockReleased') continue;
    for (const { sku, quantity } of (data as { lines: Line[] }).lines)
      of(sku).held += type === 'StockReserved' ? quantity : -quantity;
  }
  return stock;
}

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  ReservationRequested: ['StockReserved', 'StockRefused'],
  ReleaseRequested: ['StockReleased'],
  ReceiptRequested: ['StockReceived'],
};

/** No stock is sold twice, none is lost, and every request to the warehouse is answered at most once (exactly once when quiet). */
export function auditStock(
  events: readonly PlacedEvent[],
  views: readonly StockView[] | undefined,
): Violation[] {
  const violations: Violation[] = [];
  const stock = stockOf(events);
  for (const [sku, { received, held }] of stock)
    if (held < 0 || held > received)
      violations.push({
        invariant: 'held stock is between nothing and what came in',
        where: sku,
        found: `${held} held, ${received} received`,
      });
  const answers = new Map<string, number>();
  for (const { type, cause } of events)
    if (/^Stock/.test(type) || type === 'refrain.Defect') answers.set(cause, (answers.get(cause) ?? 0) + 1);
  for (const { type, id, entity } of events) {
    if (!ANSWERS[type]) continue;
    const count = answers.get(`event:${id}`) ?? 0;
    if (count > 1 || (views && count === 0))
      violations.push({
        invariant: 'the warehouse answers each request once',
        where: entity,
        found: `${type} has ${count} answers`,
      });
  }
  for (const { sku, onHand, reserved } of views ?? []) {
    const { received, held } = stock.get(sku) ?? { received: 0, held: 0 };
    if (received - held !== onHand - reserved || held !== reserved)
      violations.push({
        invariant: 'receipts - held = onHand - reserved',
        where: sku,
        found: `${received} - ${held} in the log, ${onHand} - ${reserved} at /stock`,
      });
  }
  return violations;
}
