import type { Money } from '@refrain/contract-kit';
import { payments } from '@refrain/contract-payments';
import { defineDecider } from '@refrain/decider';

/** Money that the provider took, and how far it is on its way back. */
interface Capture {
  amount: Money;
  refund: 'none' | 'requested' | 'stuck' | 'issued';
}

/** What is known of one order's charge. */
export interface Charge {
  status: 'none' | 'unwanted' | 'charging' | 'declined' | 'failed' | 'abandoned' | 'captured';
  /** Why it was cancelled while under way. */
  recalled?: string;
  /** By the provider's reference. One, unless the provider took it twice: then the second goes back. */
  captures: Record<string, Capture>;
}

const initialState: Charge = { status: 'none', captures: {} };

/** Nothing was taken. A capture that came all the same stands. */
const ended = (status: 'declined' | 'failed' | 'abandoned') => (charge: Charge) => {
  if (charge.status !== 'captured') charge.status = status;
};

/** What one charge decides. `[]` means: nothing to add. */
export const charge = defineDecider(
  payments,
  'charge',
  initialState,
)({
  evolve: {
    ChargeRequested: (state) => {
      if (state.status === 'none') state.status = 'charging';
    },
    ChargeCaptured: (state, { amount, providerRef }) => {
      state.status = 'captured';
      state.captures[providerRef] ??= { amount, refund: 'none' };
    },
    ChargeDeclined: ended('declined'),
    ChargeFailed: ended('failed'),
    ChargeAbandoned: ended('abandoned'),
    ChargeUnwanted: (state) => {
      if (state.status === 'none') state.status = 'unwanted';
    },
    ChargeRecalled: (state, { reason }) => {
      state.recalled = reason;
    },
    RefundRequested: (state, { providerRef }) => {
      const capture = state.captures[providerRef];
      if (capture?.refund === 'none') capture.refund = 'requested';
    },
    RefundIssued: (state, { providerRef }) => {
      const capture = state.captures[providerRef];
      if (capture) capture.refund = 'issued';
    },
    RefundStuck: (state) => {
      for (const capture of Object.values(state.captures))
        if (capture.refund === 'requested') capture.refund = 'stuck';
    },
  },
  decide: {
    request: (state, order: { orderId: string; total: Money; paymentMethod: string }) => {
      if (state.status !== 'none') return [];
      const { orderId, total: amount, paymentMethod } = order;
      return [payments.ChargeRequested({ orderId, amount, paymentMethod })];
    },
    // Money has moved. Whatever was concluded meanwhile, that is recorded; if nobody wants it any more, it
    // goes straight back.
    recordCapture: (state, { orderId, amount, providerRef }: Captured) => {
      if (state.captures[providerRef]) return []; // this very capture is on record
      const kept = state.status === 'charging' && state.recalled === undefined;
      const captured = payments.ChargeCaptured({ orderId, amount, providerRef, kept });
      if (kept) return [captured];
      const reason = state.recalled ?? `captured although ${state.status}`;
      return [captured, payments.RefundRequested({ orderId, amount, providerRef, reason })];
    },
    cancel: (state, { orderId, reason }: { orderId: string; reason: string }) => {
      switch (state.status) {
        case 'none':
          return [payments.ChargeUnwanted({ orderId })];
        case 'charging':
        case 'abandoned':
          return state.recalled === undefined ? [payments.ChargeRecalled({ orderId, reason })] : [];
        case 'captured':
          return Object.entries(state.captures)
            .filter(([, capture]) => capture.refund === 'none')
            .map(([providerRef, { amount }]) =>
              payments.RefundRequested({ orderId, amount, providerRef, reason }),
            );
        default:
          return []; // nothing was taken, and nothing will be
      }
    },
    recordRefund: (state, { orderId, providerRef }: { orderId: string; providerRef: string }) =>
      state.captures[providerRef]?.refund === 'issued'
        ? []
        : [payments.RefundIssued({ orderId, providerRef })],
  },
});

interface Captured {
  orderId: string;
  amount: Money;
  /** The provider's name for the payment. */
  providerRef: string;
}
