import { type Run, simulate } from '@refrain/simulation';
import { expect, test } from 'vitest';
import { shop } from '../../scripts/sim/shop-scenario.ts';
import type { ProviderWorld } from '../../scripts/sim/provider-world.ts';
import type { ShopStage } from '../../scripts/sim/shop-stage.ts';

const providerOf = (run: Run | undefined): ProviderWorld => ((run as Run).stage as ShopStage).provider;

test('a payment that was taken is kept or given back, though its process died in the call and the provider was busy for two minutes', async () => {
  let run: Run | undefined;
  let busy = false;
  const { findings, took } = await simulate(
    shop,
    {
      seed: 3,
      // The provider has taken the money, and its answer is heard by nobody.
      faults: [
        {
          atMs: 0,
          kind: 'crash at a point',
          args: { label: 'payments: after psp.confirm', nth: 1, backMs: 200 },
        },
      ],
      load: [{ atMs: 1_000, kind: 'order', args: { key: 'k', lines: 'tea-001:1', card: 'pm_card_visa' } }],
    },
    {
      prepare: (begun) => {
        run = begun;
      },
      onPoint: ({ call, phase }) => {
        if (call !== 'psp.confirm' || phase !== 'after' || busy) return;
        busy = true;
        const end = providerOf(run).fates.raise('throttled', 1);
        run?.after(120_000, end);
      },
    },
  );
  expect(took['crash at a point']).toBe(1);
  expect(providerOf(run).calls.map(({ fate }) => fate)).toContain('throttled');
  expect(providerOf(run).ledger.filter(({ kind }) => kind === 'charge')).toHaveLength(1);
  expect(findings).toEqual([]);
});
