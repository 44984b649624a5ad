import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNatsServer } from '../../scripts/nats-server.mjs';
import { copyTree, type Tree } from '../mutants/tree.ts';
import { startShopOf } from '../support/shop.ts';

/** A copy: what is generated for a test never stands in the tree that is worked on. */
let tree: Tree;

beforeAll(() => {
  tree = copyTree();
  execFileSync('git', ['init', '--quiet'], { cwd: tree.folder }); // the rules of style ask git what is there
});
afterAll(() => tree.remove());

const cli = (...args: readonly string[]) => tree.run(['scripts/refrain.ts', ...args]);
const nx = (...args: readonly string[]) => tree.run(['node_modules/nx/dist/bin/nx.js', ...args]);

/** With a default, so that who makes the event need not know of it. */
const FIELD = 'weight: z.int().default(0)';

test('what cannot be is refused in one line, and nothing is written', async () => {
  const before = readFileSync(join(tree.folder, 'package-lock.json'), 'utf8');
  const { code, output } = await cli('new', 'service', 'shipping', '--reacts-to', 'orders.OrderDone');
  expect(code).toBe(2);
  expect(output).toMatch(
    /^refrain new service: --reacts-to: unknown event "orders.OrderDone", expected .+\n$/,
  );
  expect(existsSync(join(tree.folder, 'services/shipping'))).toBe(false);
  expect(readFileSync(join(tree.folder, 'package-lock.json'), 'utf8')).toBe(before);
});

test('a service that was written passes every check', async () => {
  const written = await nx('g', 'refrain:service', 'shipping', '--reacts-to', 'orders.OrderCompleted');
  expect(written).toMatchObject({ code: 0 });
  expect((await cli('new', 'service', 'shipping', '--reacts-to', 'orders.OrderCompleted')).output).toContain(
    'services/shipping/ is there already',
  );
  const tools = [
    ['node_modules/@biomejs/biome/bin/biome', 'format', 'services/shipping'],
    ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'services/shipping'],
    ['node_modules/oxlint/bin/oxlint', 'services/shipping'],
    ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'],
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'unit',
      'services/shipping',
      'test/tidy',
      'test/docs',
    ],
    ['scripts/refrain.ts', 'check', '--keep-names', '--seconds', '5'],
    ['scripts/refrain.ts', 'sim', '--seeds', '3'],
  ];
  for (const tool of tools) {
    const { code, output } = await tree.run(tool);
    expect(code, `${tool.join(' ')}\n${output}`).toBe(0);
  }
});

test('an event more and a version more compile, keep the laws and are locked, or nothing is changed', async () => {
  expect(await nx('g', 'refrain:event', 'shipping', 'ShippingLost')).toMatchObject({ code: 0 });
  const raise = (upcast: string) =>
    cli('new', 'version', 'shipping', 'ShippingRequested', '--field', FIELD, '--upcast', upcast);
  const contract = () => readFileSync(join(tree.folder, 'services/shipping/contract/index.ts'), 'utf8');
  const before = contract();
  const wrong = await raise('{ ...v1, weight: "heavy" }');
  expect([wrong.code, contract()]).toEqual([2, before]);
  expect(wrong.output).toContain('the upcast does not make the next version of the stored sample');
  expect(await raise('{ ...v1, weight: 1 }')).toMatchObject({ code: 0 });
  const laws = [
    'services/shipping',
    'test/tidy/samples',
    'scripts/contracts/lock',
    'scripts/choreography/names',
  ];
  for (const tool of [
    ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'services/shipping'],
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...laws],
  ]) {
    const { code, output } = await tree.run(tool);
    expect(code, `${tool.join(' ')}\n${output}`).toBe(0);
  }
});

test('it joins the shop: it is started, hears an order and records its event', async () => {
  const { bin } = findNatsServer({ log: () => {} });
  const only = 'psp,governor,orders,payments,inventory,shipping';
  const shop = await startShopOf(tree.folder, { NATS_SERVER_BIN: bin }, '--only', only);
  try {
    const processes = await shop.processes();
    const url = `http://127.0.0.1:${shop.portBase + 15}`;
    expect(processes.find(({ name }) => name === 'shipping')).toMatchObject({ status: 'ready', url });
    const { document } = await shop.refrain('order', 'tea-001:2');
    const { orderId, status } = document as { orderId: string; status: string };
    expect(status).toBe('completed');
    await expect
      .poll(async () => (await shop.refrain('state', 'shipping', `shipping/${orderId}`)).document, {
        timeout: 10_000,
      })
      .toMatchObject({ state: { status: 'requested' } });
    expect((await shop.refrain('audit')).code).toBe(0);
  } finally {
    await shop.stop();
  }
});
