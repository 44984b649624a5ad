import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { lawless } from './lawful.ts';
import { root, treeFiles } from './tree.ts';

const payments = { service: 'payments', entities: { charge: {}, payout: {} } };
const laws = (name: string) =>
  `test.each(\n  lawsOf({\n    decider: ${name},\n    stories,\n  }),\n)('%s', run);`;

test('an entity that no test runs the laws on is found', () => {
  const files = [
    { path: 'services/payments/charge.test.ts', text: laws('charge') },
    { path: 'services/orders/payout.test.ts', text: laws('payout') },
    { path: 'services/payments/payout.ts', text: laws('payout') },
  ];
  expect(lawless(payments, files)).toEqual([
    'services/payments has no test that runs lawsOf({ decider: payout, ... })',
  ]);
  const both = [...files, { path: 'services/payments/payout.test.ts', text: laws('payout') }];
  expect(lawless(payments, both)).toEqual([]);
});

interface Described {
  $contract: { service: string; entities: Record<string, unknown> };
}

test.each(globSync('services/*/contract/index.ts', { cwd: root }))(
  'the laws run on each entity of %s',
  async (path) => {
    const module: Record<string, unknown> = await import(pathToFileURL(join(root, path)).href);
    const contracts = Object.values(module).filter(
      (value): value is Described => typeof value === 'object' && value !== null && '$contract' in value,
    );
    expect(contracts).not.toEqual([]);
    const files = treeFiles();
    expect(contracts.flatMap(({ $contract }) => lawless($contract, files))).toEqual([]);
  },
);
