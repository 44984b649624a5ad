import type { Findings } from './findings.ts';
import type { PlacedEvent, StockView } from './records.ts';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

interface Item {
  received: number;
  held: number;
}

const ASKED: readonly string[] = ['ReservationRequested', 'ReleaseRequested', 'ReceiptRequested'];

/** No stock is sold twice, none is lost, and the warehouse answers every request once. */
export class StockAudit {
  readonly #findings: Findings;
  readonly #items = new Map<string, Item>();
  /** Requests without an answer; answered ones are forgotten, since no cause is handled twice. */
  readonly #asked = new Map<string, { where: string; type: string }>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  add({ service, type, id, cause, entity, data }: PlacedEvent): void {
    if (service !== 'inventory') return;
    if (ASKED.includes(type)) this.#asked.set(`event:${id}`, { where: entity, type });
    if (!entity.startsWith('warehouse/')) return;
    this.#answer(type, cause);
    if (type === 'StockReceived') this.#of((data as Line).sku).received += (data as Line).quantity;
    if (type !== 'StockReserved' && type !== 'StockReleased') return;
    const sign = type === 'StockReserved' ? 1 : -1;
    for (const { sku, quantity } of (data as { lines: Line[] }).lines) this.#move(sku, sign * quantity);
  }

  #answer(type: string, cause: string): void {
    const asked = this.#asked.delete(cause);
    this.#findings.expect(
      'the warehouse answers each request once',
      asked,
      'warehouse/main',
      () => `${type} answers ${cause}, which was answered before, or never asked`,
    );
  }

  #of(sku: string): Item {
    const item = this.#items.get(sku) ?? { received: 0, held: 0 };
    this.#items.set(sku, item);
    return item;
  }

  #move(sku: string, quantity: number): void {
    const item = this.#of(sku);
    item.held += quantity;
    const { held, received } = item;
    this.#findings.expect(
      'held stock is between nothing and what came in',
      held >= 0 && held <= received,
      sku,
      () => `${held} held, ${received} received`,
    );
  }

  /** Once it is quiet: nothing is left to be answered, and the door says what the log says. */
  conclude(views: readonly StockView[], findings: Findings): void {
    for (const [cause, { where, type }] of this.#asked)
      findings.expect(
        'the warehouse answers each request once',
        false,
        where,
        () => `${type} (${cause}) has no answer`,
      );
    const shown = new Map(views.map((view) => [view.sku, view]));
    for (const sku of new Set([...this.#items.keys(), ...shown.keys()])) {
      const { received, held } = this.#items.get(sku) ?? { received: 0, held: 0 };
      const view = shown.get(sku);
      const equal = view?.onHand === received && view.reserved === held;
      findings.expect(
        'receipts - held = onHand - reserved',
        equal,
        sku,
        () =>
          `${received} - ${held} in the log, ${view ? `${view.onHand} - ${view.reserved}` : 'nothing'} at /stock`,
      );
    }
  }
}
