import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject, test } from 'vitest';
import { shopDoors } from '../support/shop-doors.ts';
import { attachShop } from '../support/shop.ts';
import { typed } from '../support/typed.ts';
import { root } from '../tidy/tree.ts';
import { beginPackage, makeRepository, run, startGuest, stopGuest } from './guest.ts';

/** npm and two compilers, on a machine that also runs a shop. */
const timeout = 300_000;
const shop = attachShop(inject('shop'));
const refrain = (...argv: string[]) => typed(shop.env, ...argv);
const folder = mkdtempSync(join(tmpdir(), 'refrain-guest-'));
const packs = mkdtempSync(join(tmpdir(), 'refrain-packs-'));

beforeAll(async () => {
  const [printed] = await Promise.all([
    run(root, process.execPath, ['scripts/packs/pack.ts', '--out', packs]),
    beginPackage(folder),
  ]);
  await makeRepository(folder, printed.trim().split('\n'));
}, timeout);

afterAll(() => {
  for (const made of [folder, packs]) rmSync(made, { recursive: true, force: true });
});

// A compiler needs nothing of the shop, and the guest mostly waits: they need not take turns.
test.concurrent.for([
  ['5.9', 'test/own-repository/node_modules/typescript', []],
  ['7', 'node_modules/typescript', ['--skipLibCheck', 'false']],
] as const)(
  'the service of the page type-checks with TypeScript %s',
  { timeout },
  async ([version, at, flags], { expect }) => {
    const said = JSON.parse(readFileSync(join(root, at, 'package.json'), 'utf8')) as { version: string };
    expect(`${said.version}.`.startsWith(`${version}.`)).toBe(true);
    const tsc = join(root, at, 'bin', 'tsc');
    expect(await run(folder, process.execPath, [tsc, '-p', '.', ...flags])).toBe('');
  },
);

const written = (): string =>
  globSync('invoices/*.txt', { cwd: folder })
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('');

/** What the guest has in its log of an order. */
async function recorded(orderId: string): Promise<string[]> {
  const { document } = await refrain('trace', orderId);
  const { events } = document as { events: { service: string; type: string }[] };
  return events.filter(({ service }) => service === 'invoices').map(({ type }) => type);
}

test.concurrent('a service of another repository hears an order and writes its invoice', {
  timeout,
}, async ({ expect }) => {
  const topology = join(folder, 'topology.json');
  writeFileSync(topology, await run(folder, process.execPath, ['topology.ts']));
  const { code, document } = await refrain('guests', 'admit', topology);
  expect(code).toBe(0);
  const guest = await startGuest(folder, (document as { settings: Record<string, string> }).settings);
  try {
    const orderId = await shopDoors(shop).place();
    // It also writes those of all orders that were completed before it came.
    await expect.poll(written, { timeout: 60_000, interval: 100 }).toContain(`order ${orderId}\n`);
    await expect
      .poll(() => recorded(orderId), { timeout: 30_000, interval: 1_000 })
      .toEqual(['InvoiceRequested', 'InvoiceWritten']);
    const state = await refrain('state', 'invoices', `invoice/${orderId}`);
    expect(state).toMatchObject({
      code: 2,
      document: { error: { message: expect.stringContaining('is a guest') as string } },
    });
    expect((await refrain('audit')).document).toMatchObject({ leftOut: ['invoices'] });
  } finally {
    await stopGuest(guest);
    expect((await refrain('guests', 'dismiss', 'invoices')).code).toBe(0);
  }
});
