import { appendFileSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '@refrain/contract-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { typed } from '../support/typed.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const refrain = (...argv: string[]) => typed(shop.env, ...argv);
const door = (offset: number, path: string): string => `http://127.0.0.1:${shop.portBase + offset}${path}`;
const said = async (offset: number, path: string): Promise<unknown> =>
  (await fetch(door(offset, path))).json();
const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': 'again' };
async function placed(): Promise<{ answer: unknown; replayed: string | null }> {
  const lines = [{ sku: 'tea-001', quantity: 2 }];
  const order = { customer: { email: 'ada@example.org' }, lines, paymentMethod: 'pm_card_visa' };
  const answer = await fetch(door(10, '/orders'), { method: 'POST', headers, body: JSON.stringify(order) });
  return { answer: await answer.json(), replayed: answer.headers.get('Idempotency-Replayed') };
}
const providerIs = async (faults: object): Promise<unknown> =>
  await fetch(door(20, '/faults'), { method: 'PUT', headers, body: JSON.stringify(faults) });
const known = async (): Promise<string> => canonicalJson((await refrain('state', '--all')).document);
const audit = async (): Promise<{ found: unknown; unchecked: unknown }> => {
  const { checked, violations, unchecked } = (await refrain('audit')).document as Record<string, unknown>;
  return { found: { checked, violations }, unchecked };
};
type Open = { id: string; attempts: number; due: string }[];
/** Of payments, which is the one that waits. */
const open = async (): Promise<Open> => ((await said(11, '/operator/operations')) as { items: Open }).items;

test('what a running shop exports, an empty one imports; it calls nobody before it is taken over', async () => {
  await refrain('demo', '--orders', '30', '--seed', '7');
  await providerIs({ mode: 'throttle', rate: 1, retryAfterS: 600 });
  const { answer } = await placed();
  await expect
    .poll(async () => (await open()).map(({ attempts }) => attempts), { timeout: 30_000 })
    .toEqual([1]);
  const file = join(shop.refrainData, 'shop.ndjson');
  const again = join(shop.refrainData, 'again.ndjson');
  const before = { known: await known(), open: await open(), found: (await audit()).found };
  expect(await shop.refrain('export', file)).toMatchObject({ code: 0 });
  await providerIs({ mode: 'none' });
  const calls = ((await said(20, '/calls?limit=10000')) as unknown[]).length;

  const ports = ['--port-base', String(shop.portBase)];
  await shop.restart(async () => {
    // Another platform, and the same world: providers know what was done, also of a platform that is gone.
    expect(await shop.refrain('import', file, ...ports)).toMatchObject({ code: 1 }); // it is not empty
    for (const name of ['nats', 'read-models']) rmSync(join(shop.refrainData, name), { recursive: true });
    const whole = readFileSync(file);
    truncateSync(file, whole.length - 10);
    expect(await shop.refrain('import', file, ...ports)).toMatchObject({ code: 1 });
    appendFileSync(file, whole.subarray(-10));
    expect(await shop.refrain('import', file, ...ports)).toMatchObject({ code: 0 });
  });
  expect(await placed()).toEqual({ answer, replayed: 'true' });
  expect(await known()).toBe(before.known);
  const asShown = (list: Open) => list.map(({ id, attempts, due }) => ({ id, attempts, due }));
  expect(asShown(await open())).toEqual(asShown(before.open));
  const after = await audit();
  expect(after.found).toEqual(before.found);
  const why = expect.stringMatching(/^not checked(: no word| before .*: an import brings no words along)/);
  const unjudged = { invariant: 'calls stay within the budget', where: 'psp', why };
  expect(after.unchecked).toEqual(expect.arrayContaining([unjudged]));
  expect(await refrain('export', again)).toMatchObject({ code: 0 });
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
  expect((await said(20, '/calls?limit=10000')) as unknown[]).toHaveLength(calls);

  expect((await refrain('retries', 'ls')).document).toMatchObject({ held: true });
  const doctor = (await refrain('doctor')).document as { findings: { check: string }[] };
  const checks = doctor.findings.map(({ check }) => check);
  expect(checks).toContain('import');
  expect(checks).not.toContain('durables');
  expect(await refrain('import', '--take-over', '--why', 'the old one is off')).toMatchObject({
    code: 0,
  });
  const [{ id }] = before.open as [Open[number]];
  await expect
    .poll(() => refrain('retries', 'now', id, '--why', 'it is asked for'), { timeout: 20_000 })
    .toMatchObject({ code: 0 });
  await expect.poll(open, { timeout: 30_000, interval: 250 }).toEqual([]);
  const { orderId } = answer as { orderId: string };
  const ledger = (await said(20, '/ledger')) as { orderId: string }[];
  expect(ledger.filter((line) => line.orderId === orderId)).toHaveLength(1);
}, 300_000);
