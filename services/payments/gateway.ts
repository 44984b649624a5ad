import type { Money } from '@refrain/contract-kit';
import type { payments } from '@refrain/contract-payments';
import type { Call, Reconcile } from '@refrain/runtime';

type Effects = (typeof payments)['$effects'];
export type PaymentFailure = keyof Effects['charge']['failures'] | keyof Effects['refund']['failures'];

/**
 * How far a payment has come at the provider. `open`: it may still be confirmed; `declined`: it waits for a
 * card.
 */
export type PaymentStatus = 'open' | 'declined' | 'captured' | 'cancelled';

/** Money that the provider has moved for this platform, as it lists it. */
export interface MovedMoney {
  readonly orderId: string;
  readonly operationId: string;
  readonly amount: Money;
  /** The payment that it was taken by, or goes back from. */
  readonly providerRef: string;
}

/** Money moved in a span, a page of it. `next`: what the next page is asked for with. */
export interface MovedPage {
  readonly moved: readonly MovedMoney[];
  readonly next?: string | undefined;
}

type Asked = Parameters<Reconcile>[0];
type Asking = Parameters<Reconcile>[1];

/**
 * What payments needs of a provider. Each function is one request; what is expected to fail throws a
 * ProviderFault.
 */
export interface PaymentProvider {
  /** Announces a payment and returns the provider's name for it. No money moves yet. */
  create(payment: { orderId: string; amount: Money; paymentMethod: string }, call: Call): Promise<string>;
  /** Moves the money. */
  confirm(providerRef: string, call: Call): Promise<void>;
  /** How far it is, read after write. */
  statusOf(providerRef: string, call: Call): Promise<PaymentStatus>;
  /** Makes sure that no money moves any more, and says whether it had moved before. */
  cancel(providerRef: string, call: Call): Promise<'captured' | 'cancelled'>;
  refund(refund: { orderId: string; amount: Money; providerRef: string }, call: Call): Promise<void>;
  /** How much of a payment has gone back, in minor units. */
  refundedOf(providerRef: string, call: Call): Promise<number>;
  /** What it has taken in a span; only what carries an order and an operation. */
  charged(asked: Asked, call: Asking): Promise<MovedPage>;
  /** What it has given back in a span; only what carries an order and an operation. */
  refunded(asked: Asked, call: Asking): Promise<MovedPage>;
}

/** A failure that the contract knows. Anything else that a gateway throws is a defect. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
  readonly failure: PaymentFailure;
  /** What the provider asked for. */
  readonly retryAfterMs: number;
  /** It will say the same to every repeat under this key: ask it what became of the payment. */
  readonly replayed: boolean;

  constructor(failure: PaymentFailure, message: string, more: Partial<FaultDetails> = {}) {
    super(message, { cause: more.cause });
    this.failure = failure;
    this.retryAfterMs = more.retryAfterMs ?? 0;
    this.replayed = more.replayed ?? false;
  }
}

interface FaultDetails {
  readonly retryAfterMs: number;
  readonly replayed: boolean;
  readonly cause: unknown;
}
