import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { leavesItsPackage } from './own-package.ts';
import { treeFiles } from './tree.ts';

const packages = ['services/orders', 'services/orders/contract', 'services/payments', 'shared/retry'];
const inFile = (path: string, target: string): string[] =>
  leavesItsPackage({ path, text: `import { x } from '${target}';` }, packages);

test.each(['../payments/charge.ts', '../../shared/retry/mod.ts', './contract/index.ts', '../../knip.ts'])(
  'a service may not import %s',
  (target) => {
    expect(inFile('services/orders/order.ts', target)).toHaveLength(1);
  },
);

test.each(['./order.ts', '@refrain/retry'])('a service may import %s', (target) => {
  expect(inFile('services/orders/reactions.ts', target)).toEqual([]);
});

test('a contract may not import its service', () => {
  expect(inFile('services/orders/contract/index.ts', '../order.ts')).toHaveLength(1);
});

test('a test may import what is there for tests', () => {
  expect(inFile('shared/retry/x.test.ts', '../../test/support/nats.ts')).toEqual([]);
  expect(inFile('shared/retry/x.ts', '../../test/support/nats.ts')).toHaveLength(1);
});

test('every relative import of the tree stays in its package', () => {
  const files = treeFiles();
  const folders = files.flatMap(({ path }) => (path.endsWith('/package.json') ? [dirname(path)] : []));
  expect(files.flatMap((file) => leavesItsPackage(file, folders))).toEqual([]);
});
