import { inventory } from '@refrain/contract-inventory';
import { defineDecider } from '@refrain/decider';

interface Goods {
  receiptId: string;
  sku: string;
  quantity: number;
}

/** What is known of one receipt of goods. */
export interface Receipt {
  status: 'none' | 'requested' | 'confirmed';
  sku?: string;
  quantity?: number;
}

const initialState: Receipt = { status: 'none' };

/** What one receipt decides: the same goods come in once. `[]` means: nothing to add. */
export const receipt = defineDecider(
  inventory,
  'receipt',
  initialState,
)({
  evolve: {
    ReceiptRequested: (state, { sku, quantity }) => {
      if (state.status === 'none') state.status = 'requested';
      state.sku = sku;
      state.quantity = quantity;
    },
    ReceiptConfirmed: (state) => {
      state.status = 'confirmed';
    },
  },
  decide: {
    request: (state, goods: Goods) => (state.status === 'none' ? [inventory.ReceiptRequested(goods)] : []),
    confirm: (state, { receiptId }: { receiptId: string }) =>
      state.status === 'confirmed' ? [] : [inventory.ReceiptConfirmed({ receiptId })],
  },
});
