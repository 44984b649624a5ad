import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShopProcess, startShopWith, type TestShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { shopStreams, type ShopStreams } from '../support/shop-streams.ts';

// Nothing outside protects a mail from a repeat. Whatever dies or stops, and when: never two.
let shop: TestShop;
let streams: ShopStreams;
let doors: ReturnType<typeof shopDoors>;

beforeAll(async () => {
  shop = await startShopWith({ LOG_LEVEL: 'error' }, '--instances', 'notifications=2');
  doors = shopDoors(shop);
  streams = await shopStreams(shop);
});
afterAll(async () => {
  await streams.close();
  await shop.stop();
});

const pidsOf = async (service: string): Promise<number[]> => {
  const { document } = await shop.refrain('ps');
  const found = (document as ShopProcess[]).filter(({ name }) => name.split('-')[0] === service);
  return found.map(({ pid }) => pid);
};
const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids) process.kill(pid, name);
};
const eventsOf = async (flow: string): Promise<string[]> =>
  (await streams.eventsOf(flow)).filter(({ service }) => service === 'notifications').map(({ type }) => type);
const recorded = async (flow: string, type: string, timeout: number): Promise<void> => {
  await expect.poll(() => eventsOf(flow), { timeout, interval: 50 }).toContain(type);
};
const mailsOf = async (flow: string): Promise<number> =>
  (await doors.mails()).filter(({ orderId }) => orderId === flow).length;
const waitingOf = async (flow: string): Promise<unknown> =>
  ((await shop.refrain('retries', 'ls', '--flow', flow)).document as { operations: unknown[] }).operations;

test('killed between the start mark and the mail: none went out, and a person is asked', async () => {
  const mail = await pidsOf('mail');
  signal(mail, 'SIGSTOP'); // takes the connection, and says nothing
  const flow = await doors.place();
  await recorded(flow, 'refrain.AttemptStarted', 20_000);
  signal(await pidsOf('notifications'), 'SIGKILL');
  signal(mail, 'SIGCONT');
  await recorded(flow, 'MailUnresolved', 60_000);
  expect(await mailsOf(flow)).toBe(0);
  expect(await waitingOf(flow)).toMatchObject([{ state: 'waiting', needs: ['verdict'] }]);
}, 120_000);

test('killed between the mail and its outcome: one went out, and a person is asked', async () => {
  await doors.setFaults('mail', { mode: 'slow', delayMs: 5_000 });
  const flow = await doors.place();
  await expect.poll(() => mailsOf(flow), { timeout: 20_000, interval: 50 }).toBe(1);
  signal(await pidsOf('notifications'), 'SIGKILL');
  await doors.setFaults('mail', { mode: 'none' });
  await recorded(flow, 'MailUnresolved', 60_000);
  expect(await mailsOf(flow)).toBe(1);
  expect(await waitingOf(flow)).toMatchObject([{ state: 'waiting', needs: ['verdict'] }]);
}, 120_000);

test('stopped for longer than the ack wait while another instance lives: one mail', async () => {
  const [one = 0, other = 0] = await pidsOf('notifications');
  signal([other], 'SIGSTOP');
  await doors.setFaults('mail', { mode: 'slow', delayMs: 5_000 });
  const flow = await doors.place();
  await expect.poll(() => mailsOf(flow), { timeout: 40_000, interval: 50 }).toBe(1);
  signal([one], 'SIGSTOP');
  signal([other], 'SIGCONT');
  await recorded(flow, 'MailUnresolved', 90_000); // the other one got it after the ack wait, and sent nothing
  signal([one], 'SIGCONT');
  await doors.setFaults('mail', { mode: 'none' });
  await sleep(3_000);
  expect(await mailsOf(flow)).toBe(1);
}, 180_000);

test('nothing of this is a broken promise', async () => {
  const { document } = await shop.refrain('audit', '--kills', '4');
  expect((document as { violations: unknown[] }).violations).toEqual([]);
});
