import type { Dice, Entry } from '@refrain/simulation';

const DECLINED = 'pm_card_chargeDeclined';
const TEAS = ['tea-001', 'tea-002', 'tea-003'];

/** The first lots of goods: enough tea for all, too few rarities for those who ask. */
export const openingStock: readonly { readonly sku: string; readonly quantity: number }[] = [
  ...TEAS.map((sku) => ({ sku, quantity: 1_000 })),
  { sku: 'rare-001', quantity: 4 },
];

/** Orders of every kind: good ones, declined cards, rarities, several lines, repeats, cancellations. */
export function drawOrders(dice: Dice, count: number): readonly Entry[] {
  return Array.from({ length: count }, (_, i) => {
    const lines = [`${dice.pick(TEAS)}:${dice.integer(1, 3)}`];
    if (dice.integer(1, 4) === 1) lines.push(`rare-001:${dice.integer(1, 3)}`);
    const cancelMs = dice.integer(1, 4) === 1 ? { cancelMs: dice.integer(0, 1_500) } : {};
    const again = dice.integer(1, 4) === 1 ? { againMs: dice.integer(0, 2_000) } : {};
    return {
      atMs: dice.integer(100, 8_000),
      kind: 'order',
      args: {
        key: `k${i + 1}`,
        lines: lines.join(' '),
        card: dice.integer(1, 4) === 1 ? DECLINED : 'pm_card_visa',
        ...cancelMs,
        ...again,
      },
    };
  });
}

/** `tea-001:2 rare-001:1` as lines of an order. */
export const linesOf = (text: string): { sku: string; quantity: number }[] =>
  text.split(' ').map((line) => {
    const [sku = '', quantity] = line.split(':');
    return { sku, quantity: Number(quantity) };
  });
