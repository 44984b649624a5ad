import { inventory } from '@refrain/contract-inventory';
import { defineDecider } from '@refrain/decider';

interface Line {
  sku: string;
  quantity: number;
}
interface Lines {
  orderId: string;
  lines: Line[];
}

/** Pieces by SKU. `reserved` of those `onHand` are set aside; they stay so until something ships them. */
export type Warehouse = Record<string, { onHand: number; reserved: number }>;

const initialState: Warehouse = {};

/** A SKU may have the name of something that every object has. */
const itemOf = <T>(stock: Readonly<Record<string, T>>, sku: string): T | undefined =>
  Object.hasOwn(stock, sku) ? stock[sku] : undefined;

/** The first SKU of which there are too few, all its lines taken together. */
function fallsShort(stock: Warehouse, lines: readonly Line[]): string | undefined {
  const asked = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    const sum = (asked.get(sku) ?? 0) + quantity;
    const { onHand, reserved } = itemOf(stock, sku) ?? { onHand: 0, reserved: 0 };
    if (sum > onHand - reserved) return sku;
    asked.set(sku, sum);
  }
  return undefined;
}

/**
 * What the warehouse decides, one request after the other in the order of the log. It answers every request:
 * what it has read is known by the cursor of its commits, so it keeps no memory of requests.
 */
export const warehouse = defineDecider(
  inventory,
  'warehouse',
  initialState,
)({
  evolve: {
    StockReceived: (stock, { sku, quantity }) => {
      const item = itemOf(stock, sku);
      if (item) item.onHand += quantity;
      else stock[sku] = { onHand: quantity, reserved: 0 };
    },
    StockReserved: (stock, { lines }) => {
      for (const { sku, quantity } of lines) {
        const item = itemOf(stock, sku);
        if (item) item.reserved += quantity;
      }
    },
    StockRefused: () => {},
    StockReleased: (stock, { lines }) => {
      for (const { sku, quantity } of lines) {
        const item = itemOf(stock, sku);
        if (item) item.reserved = Math.max(0, item.reserved - quantity);
      }
    },
  },
  decide: {
    reserve: (stock, { orderId, lines }: Lines) => {
      const sku = fallsShort(stock, lines);
      return sku === undefined
        ? [inventory.StockReserved({ orderId, lines })]
        : [inventory.StockRefused({ orderId, reason: 'out_of_stock', sku })];
    },
    release: (_, { orderId, lines }: Lines) => [inventory.StockReleased({ orderId, lines })],
    receive: (_, { receiptId, sku, quantity }: Line & { receiptId: string }) => [
      inventory.StockReceived({ receiptId, sku, quantity }),
    ],
    // For a reservation that nothing can decide: the order hears of it and goes on.
    refuse: (_, { orderId }: { orderId: string }) => [inventory.StockRefused({ orderId, reason: 'defect' })],
  },
});
