/** A step of an order in the hand-written choreography: one message, subject `orders.<step>.<key>`. */
export interface PlainOrder {
  readonly key: string;
  readonly sku: string;
  readonly quantity: number;
  readonly amount: number;
  readonly email: string;
  readonly about?: 'completed' | 'cancelled';
  /** On `reserved`: how many pieces of the SKU are left after it. */
  readonly left?: number;
}

export const PLAIN_STREAM = 'ORDERS';

/** Which steps each worker hears. */
export const PLAIN_HEARS: Readonly<Record<string, readonly string[]>> = {
  payments: ['placed', 'rejected'],
  inventory: ['paid'],
  notifications: ['reserved', 'refunded'],
  orders: ['notified'],
};
