import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from 'nats';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { type ShopDoors, shopDoors } from '../support/shop-doors.ts';
import { typed } from '../support/typed.ts';
import { root } from '../tidy/tree.ts';

const shop = attachShop(inject('shop'));
const doors: ShopDoors = shopDoors(shop);
const secret = join(shop.refrainData, 'secrets', 'outside-depot.json');
const natsUrl = `nats://127.0.0.1:${shop.portBase + 22}`;
const source = '/depot/gate-1';

/** The program as the page shows it, run as it stands there. */
const program = /```javascript\n([\s\S]*?)^```/m.exec(
  readFileSync(join(root, 'docs/interop.md'), 'utf8'),
)?.[1];

function depot(...args: readonly string[]): Promise<string> {
  const words = ['--input-type=module', '-', natsUrl, secret, ...args];
  return new Promise((done, fail) => {
    const options = { cwd: root, timeout: 30_000 };
    const child = execFile(process.execPath, words, options, (error, out, err) =>
      error ? fail(new Error(`${out}${err}`, { cause: error })) : done(out),
    );
    child.stdin?.end(program);
  });
}

let nc: NatsConnection;
beforeAll(async () => {
  const {
    user,
    password: pass,
    inboxPrefix,
  } = JSON.parse(readFileSync(secret, 'utf8')) as Record<string, string>;
  nc = await connect({
    servers: natsUrl,
    user: user ?? '',
    pass: pass ?? '',
    inboxPrefix: inboxPrefix ?? '',
  });
});
afterAll(() => nc.close());

const tell = async (event: unknown): Promise<number> => {
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return (await jetstream(nc).publish('intake.inventory.depot', body)).seq;
};
const arrived = (id: string, data: unknown): object => ({
  specversion: '1.0',
  id,
  source,
  type: 'GoodsArrived',
  data,
});
const onHand = async (sku: string): Promise<number> =>
  (await doors.stock()).find((one) => one.sku === sku)?.onHand ?? 0;

interface Letter {
  id: string;
  entity: string;
  error: string;
}
const letters = async (): Promise<Letter[]> => {
  const { document } = await typed(shop.env, 'dead-letters', 'ls');
  return (document as { deadLetters: Letter[] }).deadLetters.filter(
    ({ entity }) => entity === 'intake/depot',
  );
};

test('the program of the page tells what arrived, and hears that it was taken in; told again, nothing is added', async () => {
  const before = await onHand('tea-009');
  const said = await depot('note-1', 'tea-009', '40');
  expect(said).toMatch(
    /^told, kept at \d+\nheard ReceiptRequested .*"quantity":40.*\nheard ReceiptConfirmed .*\n$/,
  );
  await expect.poll(() => onHand('tea-009')).toBe(before + 40);
  await tell(arrived('note-1', { sku: 'tea-009', quantity: 40 }));
  await depot('note-2', 'tea-009', '2'); // behind it: once this is decided, so is that
  await expect.poll(() => onHand('tea-009')).toBe(before + 42);
});

test('what is wrong lands in the dead letters with its reason, and harms nothing', async () => {
  const before = await onHand('tea-008');
  const good = { sku: 'tea-008', quantity: 1 };
  await tell('forty packs of tea');
  await tell({ ...arrived('w-1', good), id: undefined });
  await tell({ ...arrived('w-2', good), type: 'OrderPlaced' });
  await tell(arrived('w-3', { ...good, quantity: 'forty' }));
  await tell(arrived('w-4', { ...good, price: 1 }));
  await depot('note-3', 'tea-008', '1');
  expect(await onHand('tea-008')).toBe(before + 1);
  const found = await letters();
  const reasons = [
    'it is no JSON',
    'it is no CloudEvent 1.0',
    'may not tell "OrderPlaced"',
    'at quantity',
    'price',
  ];
  for (const reason of reasons) expect(found.filter(({ error }) => error.includes(reason))).toHaveLength(1);
  expect(await doors.settled(await doors.place())).toMatchObject({ status: 'completed' });
  const said = { by: 'ada', host: 'here', why: 'it was a test' };
  for (const { id } of found)
    await doors.post(`${doors.urls.inventory}/operator/dead-letters/${id}/resolve`, said);
  expect(await letters()).toEqual([]);
  expect((await typed(shop.env, 'audit')).document).toMatchObject({ violations: [] });
});

test('its user may do that and nothing else', async () => {
  const refused = async (subject: string): Promise<string> => {
    try {
      return (await nc.request(subject, '{}', { timeout: 2_000 })).string();
    } catch (error) {
      return String((error as Error).cause ?? error);
    }
  };
  for (const subject of [
    'events.inventory.00.receipt.x',
    'intake.inventory.other',
    'intake.orders.depot',
    '$JS.API.DIRECT.GET.EVENTS_INVENTORY',
    '$JS.API.STREAM.INFO.EVENTS_INVENTORY',
    '$JS.API.CONSUMER.MSG.NEXT.EVENTS_INVENTORY.orders',
    '$JS.API.CONSUMER.CREATE.EVENTS_INVENTORY.spy',
    '$JS.API.STREAM.PURGE.INTAKE_INVENTORY',
  ])
    expect(await refused(subject)).toContain('Permissions Violation');
  const spy = nc.subscribe('events.>');
  await expect((async () => void (await spy[Symbol.asyncIterator]().next()))()).rejects.toThrow(
    /Permissions Violation/,
  );
  await expect(tell('x'.repeat(70_000))).rejects.toThrow('message size exceeds maximum');
});
