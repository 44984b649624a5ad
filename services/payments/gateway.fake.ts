import type { Call, Reconcile } from '@refrain/runtime';
import {
  type MovedPage,
  type PaymentFailure,
  type PaymentProvider,
  type PaymentStatus,
  ProviderFault,
} from './gateway.ts';

interface Payment {
  readonly orderId: string;
  readonly minor: number;
  status: PaymentStatus;
  refundedMinor: number;
}

/** What really happened: money moves here once per line. */
interface LedgerLine {
  readonly kind: 'charge' | 'refund';
  readonly providerRef: string;
  readonly at: number;
  readonly orderId: string;
  readonly operationId: string;
  readonly minor: number;
}

type Step = 'create' | 'confirm' | 'refund' | 'cancel' | 'lookup' | 'list';

/** What a payment by this method begins as. */
function statusWith(paymentMethod: string): PaymentStatus {
  if (!paymentMethod.startsWith('pm_'))
    throw new ProviderFault('payment_method_refused', `there is no payment method ${paymentMethod}`);
  return paymentMethod === 'pm_card_chargeDeclined' ? 'declined' : 'open';
}

/** What the ledger says was moved in a span, two lines to a page. */
function movedIn(lines: readonly LedgerLine[], { span, after = '0' }: Parameters<Reconcile>[0]): MovedPage {
  const found = lines.filter(({ at }) => at >= span.from && at <= span.to);
  const from = Number(after);
  const moved = found.slice(from, from + PAGE).map(({ orderId, operationId, providerRef, minor }) => ({
    orderId,
    operationId,
    providerRef,
    amount: { minor, currency: 'EUR' as const },
  }));
  return { moved, next: from + PAGE < found.length ? String(from + PAGE) : undefined };
}
const PAGE = 2;

const lineOf = (
  kind: LedgerLine['kind'],
  { ref, payment, minor, call }: { ref: string; payment: Payment; minor: number; call: Call },
): LedgerLine => {
  const { operationId } = call;
  return { kind, providerRef: ref, at: Date.now(), orderId: payment.orderId, operationId, minor };
};

/** A list may fail as every request may; it has no key, so each is a request of its own. */
function listsOf(
  ledger: readonly LedgerLine[],
  step: (name: Step, call: Pick<Call, 'key'>, work: () => void) => void,
): Pick<PaymentProvider, 'charged' | 'refunded'> {
  const list =
    (kind: LedgerLine['kind']): PaymentProvider['charged'] =>
    async (asked, { correlationId }) => {
      step('list', { key: `${correlationId}.${kind}.${asked.after ?? ''}` }, () => {});
      return movedIn(
        ledger.filter((line) => line.kind === kind),
        asked,
      );
    };
  return { charged: list('charge'), refunded: list('refund') };
}

/** A provider in memory that honours keys, keeps a ledger, and fails when it is told to. */
export function fakeProvider() {
  const payments = new Map<string, Payment>();
  const done = new Set<string>();
  const ledger: LedgerLine[] = [];
  const calls: { step: Step; key: string }[] = [];
  const planned: { step: Step; failure: PaymentFailure; happens: boolean }[] = [];

  const find = (ref: string): Payment => {
    const payment = payments.get(ref);
    if (!payment) throw new Error(`there is no payment ${ref}`);
    return payment;
  };
  /** Does the work once per key, and fails before or after it as planned. */
  const step = (name: Step, call: Pick<Call, 'key'>, work: () => void): void => {
    calls.push({ step: name, key: call.key });
    const index = planned.findIndex((plan) => plan.step === name);
    const [plan] = index < 0 ? [] : planned.splice(index, 1);
    if (!plan || plan.happens) {
      if (!done.has(call.key)) work();
      done.add(call.key);
    }
    if (plan) throw new ProviderFault(plan.failure, `planned: ${plan.failure}`);
  };

  const provider: PaymentProvider = {
    create: async ({ orderId, amount, paymentMethod }, call) => {
      const ref = `pi_${call.operationId}`;
      const status = statusWith(paymentMethod);
      step('create', call, () =>
        payments.set(ref, { orderId, minor: amount.minor, status, refundedMinor: 0 }),
      );
      return ref;
    },
    confirm: async (ref, call) => {
      const payment = find(ref);
      if (payment.status === 'declined') throw new ProviderFault('card_declined', 'the card was declined');
      if (payment.status === 'cancelled')
        throw new ProviderFault('provider_error', 'cancelled', { replayed: true });
      step('confirm', call, () => {
        payment.status = 'captured';
        ledger.push(lineOf('charge', { ref, payment, minor: payment.minor, call }));
      });
    },
    statusOf: async (ref, call) => {
      step('lookup', call, () => {});
      return find(ref).status;
    },
    cancel: async (ref, call) => {
      const payment = find(ref);
      step('cancel', call, () => {
        if (payment.status !== 'captured') payment.status = 'cancelled';
      });
      return payment.status === 'captured' ? 'captured' : 'cancelled';
    },
    refund: async ({ providerRef, amount: { minor } }, call) => {
      const payment = find(providerRef);
      step('refund', call, () => {
        payment.refundedMinor += minor;
        ledger.push(lineOf('refund', { ref: providerRef, payment, minor, call }));
      });
    },
    refundedOf: async (ref, call) => {
      step('lookup', call, () => {});
      return find(ref).refundedMinor;
    },
    ...listsOf(ledger, step),
  };
  return {
    ...provider,
    ledger,
    calls,
    /**
     * The next such request fails. `happens`: the caller hears of a failure, and it was done all the same.
     */
    failNext: (name: Step, failure: PaymentFailure, { happens = false } = {}): void => {
      planned.push({ step: name, failure, happens });
    },
  };
}
