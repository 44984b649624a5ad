import { payments } from '@refrain/contract-payments';
import { matter, service } from '@refrain/runtime';
import { charge } from './charge.ts';
import { effects } from './effects.ts';
import type { PaymentProvider } from './gateway.ts';
import { reactions } from './reactions.ts';

/** Money that goes back. One that is stuck stays open until a person has said what became of it. */
const matters = [
  matter('refund', {
    opens: [payments.RefundRequested],
    closes: [payments.RefundIssued],
    worth: { of: payments.RefundRequested, is: ({ amount }) => amount },
  }),
];

/** Charges, and their refunds. `gateway`: who moves the money. */
export const paymentsService = ({ gateway }: { gateway: PaymentProvider }) =>
  service({ contract: payments, deciders: [charge], reactions, effects: effects(gateway), matters });
