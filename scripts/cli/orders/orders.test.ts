import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mix } from '../demo/mix.ts';
import { runDemo } from '../demo/run.ts';
import { linesOf, summarise } from '../demo/summary.ts';
import { pretendShop, refrain as runRefrain } from '../refrain.fixture.ts';
import { createOrdersClient } from './orders-client.ts';
import { startOrdersDoor } from './shop.fixture.ts';

let door: Awaited<ReturnType<typeof startOrdersDoor>>;
let dataFolder: string;

beforeEach(async () => {
  door = await startOrdersDoor();
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-orders-'));
  mkdirSync(dataFolder, { recursive: true });
  pretendShop(dataFolder, { name: 'orders', url: door.url });
});
afterEach(async () => {
  await door.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

const refrain = (...argv: string[]) => runRefrain(argv, { REFRAIN_DATA: dataFolder });

test('an order is followed until it completes', async () => {
  const { code, out } = await refrain('order', 'tea-001:2');
  expect(out).toMatch(/^order-1 {2}placed, 3\.00 EUR .*\norder-1 {2}completed .* s\n$/);
  expect(code).toBe(0);
});

test('a cancelled order is fine, too, and says why', async () => {
  const { code, out } = await refrain('order', 'tea-001:2', '--pay', 'pm_card_chargeDeclined');
  expect(out).toContain('cancelled: card_declined');
  expect(code).toBe(0);
});

test('under --json one document tells the order and its changes', async () => {
  const { out } = await refrain('order', 'tea-001:2', '--key', 'k', '--json');
  expect(JSON.parse(out)).toMatchObject({
    orderId: 'order-1',
    status: 'completed',
    key: 'k',
    replayed: false,
    changes: [{ status: 'placed' }, { status: 'completed' }],
  });
});

test('the same key again is the same order', async () => {
  await refrain('order', 'tea-001:2', '--key', 'k');
  const { code, out } = await refrain('order', 'tea-001:2', '--key', 'k');
  expect(out).toContain('order-1  was placed before with this key');
  expect(code).toBe(0);
  const other = await refrain('order', 'tea-001:3', '--key', 'k');
  expect(other.err).toContain('the shop refused it (422): same key, other body. Nothing was ordered.');
  expect(other.code).toBe(2);
});

test('what the shop does not sell is its refusal, in its words', async () => {
  const { code, err } = await refrain('order', 'unknown-sku:1');
  expect(err).toContain('the shop refused it (400): lines.0.sku is not sold here. Nothing was ordered.');
  expect(code).toBe(2);
});

test('an order that does not settle in time is a finding', async () => {
  const { code, err } = await refrain('order', 'never-settles:1', '--timeout', '1');
  expect(err).toContain('order-1 has not settled within 1 s, it is placed.');
  expect(code).toBe(1);
});

test('a moment without the service is waited for, under the same key', async () => {
  door.failNext(2);
  expect((await refrain('order', 'tea-001:1')).code).toBe(0);
  expect(door.requests.filter((request) => request === 'POST /orders')).toHaveLength(3);
});

test('an order that was sent and not answered may have been placed, and the key is told', {
  timeout: 30_000,
}, async () => {
  door.failNext(1_000);
  const { code, err } = await refrain('order', 'tea-001:1', '--key', 'k-1');
  expect(err).toContain('RF_ANSWER_UNKNOWN: The order was sent to');
  expect(err).toContain('it answered 503: The log is away. It may have been recorded.');
  expect(err).toContain('The same again with --key k-1 is safe');
  expect(err).not.toContain('Nothing was done');
  expect(code).toBe(3);
});

test('an order that nobody heard was not placed', { timeout: 30_000 }, async () => {
  await door.close();
  const { code, err } = await refrain('order', 'tea-001:1');
  door = await startOrdersDoor();
  expect(err).toContain('RF_UNREACHABLE: orders was not reached');
  expect(err).not.toContain('may have been recorded');
  expect(code).toBe(3);
});

test('a demo that must stop says how far it came, and how to go on', async () => {
  const client = createOrdersClient({ url: door.url, patienceMs: 100 });
  door.failNext(1_000);
  await expect(runDemo(client, mix(1, 5), { rate: 1_000, timeoutMs: 1_000 })).rejects.toThrow(
    /RF_ANSWER_UNKNOWN.*--key/,
  );
});

const demo = async (seed: number, count: number) => {
  const client = createOrdersClient({ url: door.url, patienceMs: 1_000 });
  return summarise(seed, await runDemo(client, mix(seed, count), { rate: 1_000, timeoutMs: 10_000 }));
};

test('the demo places its mix, counts how it ended, and finds nothing broken', async () => {
  const summary = await demo(11, 40);
  expect(summary).toMatchObject({
    seed: 11,
    orders: 40,
    replayed: 0,
    unsettled: [],
    broken: [],
    unexpected: [],
  });
  expect(Object.values(summary.ends).reduce((sum, n) => sum + n)).toBe(40);
  expect(summary.ends).toMatchObject({ 'cancelled: requested': summary.kinds['cancelled by customer'] });
  const posted = door.requests.filter((request) => request === 'POST /orders').length;
  expect(posted).toBe(40 + (summary.kinds['sent twice'] ?? 0) + (summary.kinds['key reused'] ?? 0));
});

test('a demo with the seed of before finds the orders of before', async () => {
  await demo(1, 10);
  expect(linesOf(await demo(1, 10))).toContain('10 orders of seed 1, 10 of them known from before');
});
