import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { copyTree, type Tree } from '../mutants/tree.ts';

/** A copy: what is generated for a test never stands in the tree that is worked on. */
let tree: Tree;

beforeAll(() => {
  tree = copyTree();
  execFileSync('git', ['init', '--quiet'], { cwd: tree.folder }); // the rules of style ask git what is there
  vi.stubEnv('NX_ISOLATE_PLUGINS', 'false'); // a process for each plugin would be half of the time
});
afterAll(() => tree.remove());

const cli = (...args: readonly string[]) => tree.run(['scripts/refrain.mjs', ...args]);
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

test('a service that is wrong is named, by file and line where it can be; the list of commands stays', async () => {
  const path = join(tree.folder, 'services/payments/reactions.ts');
  const right = readFileSync(path, 'utf8');
  writeFileSync(path, `${right}const x = ;\n`);
  const line = right.split('\n').length;
  const syntax = await cli('contracts', 'diff');
  expect(syntax.output).toContain(`RF_SERVICE_LOAD: services/payments/reactions.ts:${line} cannot be loaded`);
  writeFileSync(path, right.replace('orders.OrderPlaced', "orders['OrderPlacde']"));
  const misspelt = await cli('graph');
  expect(misspelt.output).toContain('the reaction "request the charge" hears an event that no contract has');
  const help = await cli('--help');
  expect(help.output).toMatch(/^ {2}check +Cannot be loaded now: RF_SERVICE\.$/m);
  expect([syntax.code, misspelt.code, help.code]).toEqual([2, 2, 0]);
  writeFileSync(path, right);
});

test('where what follows cannot be written, all is as it was', async () => {
  const lock = join(tree.folder, 'contracts.lock.json');
  const kept = readFileSync(lock);
  writeFileSync(lock, '{ edited by hand');
  const paths = ['package-lock.json', 'README.md', 'contracts.lock.json'];
  const texts = () => paths.map((path) => readFileSync(join(tree.folder, path), 'utf8'));
  const before = texts();
  const { code, output } = await cli('new', 'service', 'shipping', '--reacts-to', 'orders.OrderPlaced');
  expect(output).toMatch(/contracts.lock.json is no lock of contracts: .+ was taken back.\n$/);
  expect(code).toBe(2);
  expect(texts()).toEqual(before);
  expect(existsSync(join(tree.folder, 'services/shipping'))).toBe(false);
  expect(readdirSync(join(tree.folder, 'node_modules/@refrain'))).not.toContain('service-shipping');
  writeFileSync(lock, kept);
});

test('a service, an event more and a version more are written, or nothing is changed', async () => {
  const written = await nx('g', 'refrain:service', 'shipping', '--reacts-to', 'orders.OrderPlaced');
  expect(written).toMatchObject({ code: 0 });
  expect((await cli('new', 'service', 'shipping', '--reacts-to', 'orders.OrderPlaced')).output).toContain(
    'services/shipping/ is there already',
  );
  expect(await cli('check', '--keep-names', '--seconds', '1')).toMatchObject({ code: 0 });
  expect(await cli('new', 'event', 'shipping', 'ShippingLost')).toMatchObject({ code: 0 });
  const raise = (upcast: string) =>
    cli('new', 'version', 'shipping', 'ShippingRequested', '--field', FIELD, '--upcast', upcast);
  const contract = () => readFileSync(join(tree.folder, 'services/shipping/contract/index.ts'), 'utf8');
  const before = contract();
  const wrong = await raise('{ ...v1, weight: "heavy" }');
  expect([wrong.code, contract()]).toEqual([2, before]);
  expect(wrong.output).toContain('the upcast does not make the next version of the stored sample');
  expect(await raise('{ ...v1, weight: 1 }')).toMatchObject({ code: 0 });
});

/** All that a service can break; one worker, since each reads the whole of the tree again. */
const laws = [
  '--maxWorkers=1',
  'services/shipping',
  'test/tidy',
  'test/docs/written-pages',
  'test/docs/names',
  'scripts/contracts/lock',
  'scripts/choreography/names',
];

test.each([
  ['node_modules/@biomejs/biome/bin/biome', 'format', 'services/shipping'],
  ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'services/shipping'],
  ['node_modules/oxlint/bin/oxlint', 'services/shipping'],
  ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'],
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...laws],
  ['scripts/refrain.mjs', 'sim', '--seeds', '1'],
])('what was written passes %s %s', async (...tool) => {
  const { code, output } = await tree.run(tool);
  expect(code, `${tool.join(' ')}\n${output}`).toBe(0);
});
