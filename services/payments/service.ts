import { payments } from '@refrain/contract-payments';
import { service } from '@refrain/runtime';
import { charge } from './charge.ts';
import { effects } from './effects.ts';
import type { PaymentProvider } from './gateway.ts';
import { reactions } from './reactions.ts';

/** Charges, and their refunds. `gateway`: who moves the money. */
export const paymentsService = ({ gateway }: { gateway: PaymentProvider }) =>
  service({ contract: payments, deciders: [charge], reactions, effects: effects(gateway) });
