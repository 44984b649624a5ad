import { defineDecider } from '@refrain/decider';
import { invoices } from './contract.ts';

interface Invoice {
  status: 'none' | 'requested' | 'written' | 'failed';
}

const initialState: Invoice = { status: 'none' };

/** What one invoice decides: it is written once. `[]` means: nothing to add. */
export const invoice = defineDecider(
  invoices,
  'invoice',
  initialState,
)({
  evolve: {
    InvoiceRequested: () => ({ status: 'requested' }),
    InvoiceWritten: () => ({ status: 'written' }),
    InvoiceFailed: (state) => (state.status === 'written' ? state : { status: 'failed' }),
  },
  decide: {
    request: (state, { orderId }: { orderId: string }) =>
      state.status === 'none' ? [invoices.InvoiceRequested({ orderId })] : [],
    // It is there. That counts, whatever was concluded meanwhile.
    recordWritten: (state, written: { orderId: string; file: string }) =>
      state.status === 'written' ? [] : [invoices.InvoiceWritten(written)],
  },
});
