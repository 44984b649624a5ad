import { simulate } from '@refrain/simulation';
import { expect, test } from 'vitest';
import { shop } from '../../scripts/sim/shop-scenario.ts';
import { found } from './found.ts';

test.each(found)('$n: $story', { timeout: 30_000 }, async ({ plan }) => {
  const { findings, took } = await simulate(shop, plan);
  expect(findings).toEqual([]);
  // The faults of the story still happen in it.
  expect(Object.keys(took)).toEqual(plan.faults.map(({ kind }) => kind));
});
