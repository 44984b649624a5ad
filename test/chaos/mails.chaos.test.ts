import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShopProcess, startShopWith, type TestShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { pidOf, whileStopped } from '../support/signal.ts';
import { shopStreams, type ShopStreams } from '../support/shop-streams.ts';
import { typed } from '../support/typed.ts';

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

/** As many as there must be, each of them running. */
async function pidsOf(service: string, count: number): Promise<number[]> {
  const ready = async (): Promise<ShopProcess[]> =>
    (await shop.processes()).filter(
      ({ name, status }) => name.split('-')[0] === service && status === 'ready',
    );
  let found: ShopProcess[] = [];
  await expect.poll(async () => (found = await ready()), { timeout: 20_000 }).toHaveLength(count);
  return found.map(pidOf);
}
const kill = (pids: readonly number[]): void => {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
};
const eventsOf = async (flow: string): Promise<string[]> =>
  (await streams.eventsOf(flow)).filter(({ service }) => service === 'notifications').map(({ type }) => type);
const recorded = async (flow: string, type: string, timeout: number): Promise<void> => {
  await expect.poll(() => eventsOf(flow), { timeout, interval: 50 }).toContain(type);
};
const mailsOf = async (flow: string): Promise<number> =>
  (await doors.mails()).filter(({ orderId }) => orderId === flow).length;
const waitingOf = async (flow: string): Promise<unknown> =>
  ((await typed(shop.env, 'retries', 'ls', '--flow', flow)).document as { operations: unknown[] }).operations;

test('killed between the start mark and the mail: none went out, and a person is asked', async () => {
  const [mail, senders] = [await pidsOf('mail', 1), await pidsOf('notifications', 2)];
  // Stopped, the mail server takes the connection and says nothing.
  const flow = await whileStopped(mail, async () => {
    const placed = await doors.place();
    await recorded(placed, 'refrain.AttemptStarted', 20_000);
    kill(senders);
    return placed;
  });
  await recorded(flow, 'MailUnresolved', 60_000);
  expect(await mailsOf(flow)).toBe(0);
  expect(await waitingOf(flow)).toMatchObject([{ state: 'waiting', needs: ['verdict'] }]);
}, 120_000);

test('killed between the mail and its outcome: one went out, and a person is asked', async () => {
  const senders = await pidsOf('notifications', 2);
  await doors.setFaults('mail', { mode: 'slow', delayMs: 5_000 });
  const flow = await doors.place();
  await expect.poll(() => mailsOf(flow), { timeout: 20_000, interval: 50 }).toBe(1);
  kill(senders);
  await doors.setFaults('mail', { mode: 'none' });
  await recorded(flow, 'MailUnresolved', 60_000);
  expect(await mailsOf(flow)).toBe(1);
  expect(await waitingOf(flow)).toMatchObject([{ state: 'waiting', needs: ['verdict'] }]);
}, 120_000);

test('stopped for longer than the ack wait while another instance lives: one mail', async () => {
  const [one, other] = (await pidsOf('notifications', 2)) as [number, number];
  await doors.setFaults('mail', { mode: 'slow', delayMs: 5_000 });
  const flow = await whileStopped([other], async () => {
    const placed = await doors.place();
    // The order's event and the operation may each have gone to the one that is stopped: two ack waits.
    await expect.poll(() => mailsOf(placed), { timeout: 80_000, interval: 50 }).toBe(1);
    return placed;
  });
  // The other one gets it after the ack wait, and sends nothing.
  await whileStopped([one], () => recorded(flow, 'MailUnresolved', 90_000));
  await doors.setFaults('mail', { mode: 'none' });
  await sleep(3_000);
  expect(await mailsOf(flow)).toBe(1);
}, 240_000);

test('nothing of this is a broken promise', async () => {
  const { document } = await typed(shop.env, 'audit', '--kills', '4');
  expect((document as { violations: unknown[] }).violations).toEqual([]);
});
