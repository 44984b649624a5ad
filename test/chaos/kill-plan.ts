import { createChance } from '../../scripts/cli/demo/chance.ts';
import { type ProcessName, processNames } from './killable-shop.ts';

/** When so many orders have been placed, these are killed in the same moment. */
export interface PlannedKill {
  readonly afterOrders: number;
  readonly names: readonly ProcessName[];
}

export interface KillPlanOptions {
  readonly seed: number;
  readonly orders: number;
  /** How often each process is killed. */
  readonly times: number;
  /** How often two are killed at once. */
  readonly pairs: number;
}

/**
 * Every process so many times, in an order and at moments of the seed's, spread over the placing of the
 * orders.
 */
export function planKills({ seed, orders, times, pairs }: KillPlanOptions): PlannedKill[] {
  const chance = createChance(seed);
  const all = chance.shuffled(Array.from({ length: times }, () => processNames).flat());
  const groups: ProcessName[][] = [];
  for (const name of all) {
    // Of the first, two by two; never twice the same, which would be one kill.
    const open = groups.find((group, index) => index < pairs && group.length < 2);
    if (open && !open.includes(name) && groups.length >= pairs) open.push(name);
    else groups.push([name]);
  }
  const span = (orders * 0.94) / groups.length;
  return chance.shuffled(groups).map((names, index) => ({
    names,
    afterOrders: Math.floor(orders * 0.02 + index * span + (chance.below(1_000) / 1_000) * span),
  }));
}
