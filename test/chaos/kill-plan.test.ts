import { expect, test } from 'vitest';
import { planKills } from './kill-plan.ts';
import { processNames } from './killable-shop.ts';

const options = { seed: 7, orders: 500, times: 3, pairs: 2 };

test('kills every process as often as asked, twice two at once, spread over all orders', () => {
  const plan = planKills(options);
  const all = plan.flatMap(({ names }) => names);
  for (const name of processNames) expect(all.filter((one) => one === name)).toHaveLength(3);
  expect(plan.filter(({ names }) => names.length === 2)).toHaveLength(2);
  for (const { names } of plan) expect(new Set(names).size).toBe(names.length);
  const moments = plan.map(({ afterOrders }) => afterOrders);
  expect(moments).toEqual([...moments].sort((a, b) => a - b));
  for (const [from, to] of [
    [0, 125],
    [125, 250],
    [250, 375],
    [375, 500],
  ] as const)
    expect(moments.filter((moment) => moment >= from && moment < to).length).toBeGreaterThan(4);
});

test('is the same plan for the same seed, and another for another', () => {
  expect(planKills(options)).toEqual(planKills(options));
  expect(planKills({ ...options, seed: 8 })).not.toEqual(planKills(options));
});
