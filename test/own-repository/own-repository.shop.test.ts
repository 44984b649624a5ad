import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { root } from '../tidy/tree.ts';
import { makeRepository, run, startGuest, stopGuest } from './guest.ts';

/** npm and two compilers on a machine that also runs a shop. */
const patientMs = 300_000;
const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const folder = mkdtempSync(join(tmpdir(), 'refrain-guest-'));
const packs = mkdtempSync(join(tmpdir(), 'refrain-packs-'));

beforeAll(async () => {
  const printed = await run(root, process.execPath, ['scripts/packs/pack.ts', '--out', packs]);
  await makeRepository(folder, printed.trim().split('\n'));
}, patientMs);

afterAll(() => {
  for (const made of [folder, packs]) rmSync(made, { recursive: true, force: true });
});

test.concurrent.each([
  ['5.9', 'test/own-repository/node_modules/typescript', []],
  ['7', 'node_modules/typescript', ['--skipLibCheck', 'false']],
] as const)(
  'the service of the page type-checks with TypeScript %s',
  { timeout: patientMs },
  async (version, path, flags) => {
    const tsc = join(root, path, 'bin', 'tsc');
    expect(await run(folder, process.execPath, [tsc, '--version'])).toContain(`Version ${version}.`);
    expect(await run(folder, process.execPath, [tsc, '-p', '.', ...flags])).toBe('');
  },
);

interface Traced {
  readonly events: readonly { service: string; type: string; data: { file?: string } }[];
}

test.concurrent('a service of another repository hears an order and writes its invoice', {
  timeout: patientMs,
}, async () => {
  writeFileSync(join(folder, 'topology.json'), await run(folder, process.execPath, ['topology.ts']));
  const admitted = await shop.refrain('guests', 'admit', join(folder, 'topology.json'));
  expect(admitted.code).toBe(0);
  const { settings } = admitted.document as { settings: Record<string, string> };
  const guest = await startGuest(folder, settings);
  try {
    const orderId = await doors.place();
    const recorded = async () => {
      const { document } = await shop.refrain('trace', orderId);
      return (document as Traced).events.filter(({ service }) => service === 'invoices');
    };
    await expect
      .poll(async () => (await recorded()).map(({ type }) => type), { timeout: 30_000, interval: 250 })
      .toEqual(['InvoiceRequested', 'InvoiceWritten']);
    const file = (await recorded())[1]?.data.file ?? '';
    expect(existsSync(join(folder, file))).toBe(true);
  } finally {
    await stopGuest(guest);
    const { code } = await shop.refrain('guests', 'dismiss', 'invoices');
    expect(code).toBe(0);
  }
});
