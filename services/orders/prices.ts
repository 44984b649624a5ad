import type { Money } from '@refrain/contract-kit';

const euros = (minor: number): Money => ({ minor, currency: 'EUR' });

/** What the shop sells, per piece: `tea-00N` costs N.50 EUR. */
const prices: ReadonlyMap<string, Money> = new Map([
  ...Array.from({ length: 9 }, (_, i) => [`tea-00${i + 1}`, euros((i + 1) * 100 + 50)] as const),
  ['rare-001', euros(9_900)],
]);

export const isSold = (sku: string): boolean => prices.has(sku);

interface Line {
  sku: string;
  quantity: number;
}

/** The lines with their prices, and what they cost together. */
export function priced(lines: readonly Line[]) {
  const withPrices = lines.map(({ sku, quantity }) => {
    const unitPrice = prices.get(sku);
    if (!unitPrice) throw new Error(`${sku} has no price`);
    return { sku, quantity, unitPrice };
  });
  const minor = withPrices.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.minor, 0);
  return { lines: withPrices, total: euros(minor) };
}
