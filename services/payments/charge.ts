import type { DomainEvent } from '@refrain/contract-kit';
import { payments } from '@refrain/contract-payments';
import { defineDecider } from '@refrain/decider';
import { effect, on } from '@refrain/runtime';

/** What one charge decides. `[]` means: nothing to add. */
type Charge = { status: 'none' | 'unwanted' } | { status: 'charging'; recalled?: string | undefined };
export const charge = defineDecider(payments, 'charge', { status: 'none' } as Charge)({
  evolve: {
    ChargeRequested: (_, e) => ({ status: 'charging', recalled: e.paymentMethod }),
    ChargeCaptured: () => {}, ChargeDeclined: () => {}, ChargeFailed: () => {}, ChargeAbandoned: () => {}, ChargeUnwanted: () => {},
    ChargeRecalled: () => {}, RefundIssued: () => {}, RefundRequested: () => {}, RefundStuck: () => {},
  },
  decide: {
    cancel: (state, { orderId }: { orderId: string }) => state.status === 'none' ? [payments.ChargeUnwanted({ orderId })] : [],
  },
});
export const e = effect(payments, 'charge', {
  create: async ({ amount, paymentMethod }) => ({ intentId: String(amount.minor + paymentMethod) }),
  confirm: async (d) => charge.cancel(d),
  classify: () => undefined,
});
export const r = on(payments.ChargeCaptured, 'x', (d) => charge.cancel({ orderId: d.orderId, }));
export const d: DomainEvent = payments.ChargeUnwanted({ orderId: '' });
// @ts-expect-error no such step
export const e2 = effect(payments, 'refund', { refnd: async () => ({}), classify: () => undefined });
// @ts-expect-error
export const r2 = on(payments.ChargeCaptured, 'x', (d) => charge.cancel({ orderId: d.orderIdx, }));
