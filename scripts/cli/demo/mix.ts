import type { OrderRequest } from '../orders/orders-client.ts';
import { createChance } from './chance.ts';

/** What a demo order is made to show, and how often of a hundred. */
const shares = {
  good: 43,
  'several lines': 15,
  'card declined': 10,
  'few in stock': 7,
  'too many': 5,
  'sent twice': 10,
  'key reused': 5,
  'cancelled by customer': 5,
} as const;

export type Kind = keyof typeof shares;
export const kinds = Object.keys(shares) as readonly Kind[];

export interface PlannedOrder {
  readonly kind: Kind;
  readonly key: string;
  readonly request: OrderRequest;
}

/** The ends that are right for each kind, as `status` or `status: reason`. */
export const rightEnds: Readonly<Record<Kind, readonly string[]>> = {
  good: ['completed'],
  'several lines': ['completed'],
  'card declined': ['cancelled: card_declined'],
  'few in stock': ['completed', 'cancelled: out_of_stock'],
  'too many': ['cancelled: out_of_stock'],
  'sent twice': ['completed'],
  'key reused': ['completed'],
  'cancelled by customer': ['completed', 'cancelled: requested'],
};

/**
 * The same seed gives the same orders under the same keys: run twice on one shop, the second finds the
 * first's.
 */
export function mix(seed: number, count: number): PlannedOrder[] {
  const chance = createChance(seed);
  const drawn = Array.from({ length: count }, (): Kind => chance.weighted(shares));
  // A demo that is large enough shows everything.
  if (count >= kinds.length) drawn.splice(0, kinds.length, ...kinds);
  return chance.shuffled(drawn).map((kind, index) => ({
    kind,
    key: `demo-${seed}-${index}`,
    request: {
      customer: { email: `customer-${index}@example.com` },
      lines: linesOf(kind, chance),
      paymentMethod: kind === 'card declined' ? 'pm_card_chargeDeclined' : 'pm_card_visa',
    },
  }));
}

function linesOf(kind: Kind, { below }: ReturnType<typeof createChance>): OrderRequest['lines'] {
  const tea = (n: number): string => `tea-00${n + 1}`;
  switch (kind) {
    case 'few in stock': // the shop has five of them, for all orders together
      return [{ sku: 'rare-001', quantity: 1 + below(2) }];
    case 'too many': // all lines or none: the tea is not reserved either
      return [
        { sku: tea(below(9)), quantity: 1 },
        { sku: 'rare-001', quantity: 1_000 },
      ];
    case 'several lines': {
      const first = below(7);
      return [first, first + 1, first + 2].map((n) => ({ sku: tea(n), quantity: 1 + below(3) }));
    }
    default:
      return [{ sku: tea(below(9)), quantity: 1 + below(3) }];
  }
}
