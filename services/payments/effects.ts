import { payments } from '@refrain/contract-payments';
import type { Command } from '@refrain/decider';
import { effect, type Progress, type Reconcile } from '@refrain/runtime';
import { type Charge, charge } from './charge.ts';
import { type MovedMoney, type PaymentProvider, ProviderFault } from './gateway.ts';

const classify = (error: unknown) => (error instanceof ProviderFault ? error : undefined);

/** What the provider refuses to announce it can confirm neither. */
const refusedIsNone = (error: unknown): undefined => {
  if (error instanceof ProviderFault && error.failure === 'payment_method_refused') return undefined;
  throw error;
};

const refOf = (progress: Progress): string => {
  const ref = progress['intentId'];
  if (ref === undefined) throw new Error('the payment was not announced before it was confirmed');
  return ref;
};

/** What the provider moved, as acts that the log may not know of. An order's charge bears the order's id. */
const listed =
  (list: PaymentProvider['charged'], toCommand: (money: MovedMoney) => Command): Reconcile =>
  async (asked, call) => {
    const { moved, next } = await list(asked, call);
    const acts = moved.map((money) => {
      const { operationId, orderId, providerRef: ref } = money;
      return { operationId, entityId: orderId, correlation: orderId, ref, command: toCommand(money) };
    });
    return { acts, next };
  };

/**
 * What payments does to the world. The contract says when to repeat and when to stop; here is only the call.
 */
export const effects = (provider: PaymentProvider) => [
  effect(payments, 'charge', {
    create: async (payment, call) => ({ intentId: await provider.create(payment, call) }),
    confirm: async ({ orderId, amount }, call, progress) => {
      const providerRef = refOf(progress);
      await provider.confirm(providerRef, call);
      return charge.recordCapture({ orderId, amount, providerRef });
    },
    lookup: async ({ orderId, amount }, call, { intentId: providerRef }) => {
      if (providerRef === undefined) return 'not found'; // nothing was ever confirmed
      const status = await provider.statusOf(providerRef, call);
      if (status === 'captured') return charge.recordCapture({ orderId, amount, providerRef });
      return status === 'open' ? 'not found' : 'never';
    },
    close: async (payment, call, { intentId }) => {
      const { orderId, amount } = payment;
      // Where no name is on record, an attempt may still be under way: the same key gives its payment, which
      // then is cancelled at the provider, so that nobody can confirm it any more.
      const create = { ...call, key: call.keyOf('create') };
      const providerRef = intentId ?? (await provider.create(payment, create).catch(refusedIsNone));
      if (providerRef === undefined) return 'never';
      call.note({ intentId: providerRef });
      const ended = await provider.cancel(providerRef, call);
      return ended === 'captured' ? charge.recordCapture({ orderId, amount, providerRef }) : 'never';
    },
    reconcile: listed(
      (asked, call) => provider.charged(asked, call),
      ({ orderId, amount, providerRef }) => charge.recordCapture({ orderId, amount, providerRef }),
    ),
    classify,
    wanted: (state) => (state as Charge).recalled === undefined,
  }),
  effect(payments, 'refund', {
    refund: async ({ orderId, amount, providerRef }, call) => {
      await provider.refund({ orderId, amount, providerRef }, call);
      return charge.recordRefund({ orderId, providerRef });
    },
    lookup: async ({ orderId, amount, providerRef }, call) =>
      (await provider.refundedOf(providerRef, call)) >= amount.minor
        ? charge.recordRefund({ orderId, providerRef })
        : 'not found',
    happened: ({ orderId, providerRef }) => charge.recordRefund({ orderId, providerRef }),
    reconcile: listed(
      (asked, call) => provider.refunded(asked, call),
      ({ orderId, providerRef }) => charge.recordRefund({ orderId, providerRef }),
    ),
    classify,
  }),
];
