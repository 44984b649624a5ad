import type { Status } from '@refrain/service-governor';
import { readMetricsPage } from '@refrain/telemetry';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ShopProcess, startShop, type TestShop } from '../support/shop.ts';
import { type ShopDoors, shopDoors } from '../support/shop-doors.ts';
import { typed } from '../support/typed.ts';

let shop: TestShop;
let doors: ShopDoors;
beforeAll(async () => {
  shop = await startShop('--instances', 'governor=2');
  doors = shopDoors(shop);
});
afterAll(() => shop.stop());

const why = ['--why', 'a test'] as const;
const refrain = async <T>(...args: string[]): Promise<T> => {
  const { code, document } = await typed(shop.env, 'governor', ...args);
  if (code !== 0) throw new Error(`refrain governor ${args.join(' ')}: ${code} ${JSON.stringify(document)}`);
  return document as T;
};
const status = (): Promise<Status> => refrain<Status>('status');
const governors = async (): Promise<ShopProcess[]> =>
  (await shop.processes()).filter(({ name }) => name.startsWith('governor'));
const wordOn = async (dependency: string): Promise<Status['words'][number] | undefined> =>
  (await status()).words.find((word) => word.dependency === dependency);
const eventually = { timeout: 15_000, interval: 100 };

test('a running shop has a word on everything that its services call, and every instance reports', async () => {
  await vi.waitFor(async () => {
    const { words, instances, lease } = await status();
    expect(words.map(({ dependency, kind }) => `${dependency} ${kind}`)).toEqual(['mail open', 'psp open']);
    expect(instances.map(({ instance }) => instance)).toEqual(
      expect.arrayContaining(['notifications', 'payments']),
    );
    expect(lease?.epoch).toBe(1);
  }, eventually);
});

test('two governors say one word, and both tell the same of it', async () => {
  const seen = await Promise.all(
    (await governors()).map(async ({ url }) => (await doors.ask(`${url}/status`)).body as unknown as Status),
  );
  expect(seen).toHaveLength(2);
  expect(seen[0]?.lease?.holder).toBe(seen[1]?.lease?.holder);
  expect(seen.filter(({ lease }) => lease?.isOwn)).toHaveLength(1);
  const [{ url }] = (await governors()) as [ShopProcess];
  const tickOf = async (): Promise<number> => {
    const { words } = (await doors.ask(`${url}/status`)).body as unknown as Status;
    return words.find(({ dependency }) => dependency === 'psp')?.tick ?? 0;
  };
  const [first, from] = [await tickOf(), performance.now()];
  await vi.waitFor(async () => expect(await tickOf()).toBeGreaterThanOrEqual(first + 6), eventually);
  // Two that speak would count twice as fast, and be there after three seconds.
  expect(performance.now() - from).toBeGreaterThan(4_000);
});

test('a pin is obeyed, shown with who and why, and ends when it is released', async () => {
  await refrain('suppress', 'psp', ...why, '--by', 'ada');
  await vi.waitFor(async () => {
    expect(await wordOn('psp')).toMatchObject({ kind: 'suppressed', pin: { by: 'ada', why: 'a test' } });
  }, eventually);
  await vi.waitFor(async () => {
    const response = await fetch(`http://127.0.0.1:${shop.portBase + 11}/metrics`);
    const { samples = [] } = readMetricsPage(await response.text()).get('refrain_governor_word') ?? {};
    const labels = expect.objectContaining({ dependency: 'psp', word: 'suppressed' });
    expect(samples).toContainEqual(expect.objectContaining({ labels, value: 1 }));
  }, eventually);
  const orderId = await doors.place();
  await vi.waitFor(async () => {
    const { document } = await typed(shop.env, 'retries', 'ls', '--flow', orderId);
    expect(JSON.stringify(document)).toContain('"held":');
  }, eventually);
  expect((await doors.calls()).filter((call) => call.orderId === orderId)).toEqual([]);
  expect(await doors.find(orderId)).toMatchObject({ status: 'placed' });
  await refrain('release', 'psp', ...why);
  expect(await doors.settled(orderId)).toMatchObject({ status: 'completed' });
  const history = await refrain<{ what: string; kind?: string }[]>('history', 'psp');
  expect(history.map(({ what, kind }) => kind ?? what)).toEqual(
    expect.arrayContaining(['open', 'pinned', 'suppressed', 'released']),
  );
});

test('another policy holds without a restart, and who changed it meanwhile is asked to look again', async () => {
  const before = await governors();
  await refrain('policy', 'set', 'budget.more=4', ...why);
  await vi.waitFor(async () => {
    const { policyVersion, budgets } = await status();
    expect({ policyVersion, allowed: budgets.map(({ allowed }) => allowed) }).toEqual({
      policyVersion: 1,
      allowed: [4, 4],
    });
  }, eventually);
  expect((await governors()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  const stale = { policy: {}, version: 0, by: 'a', host: 'h', why: 'w' };
  const answer = await doors.ask(`${before[0]?.url}/policy`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(stale),
  });
  expect(answer).toMatchObject({ status: 409, body: { type: 'urn:refrain:problem:changed-meanwhile' } });
});

test('what makes no sense changes nothing and has its exit code', async () => {
  for (const [code, args] of [
    [1, ['suppress', 'nobody', ...why]],
    [1, ['release', 'psp', ...why]],
    [2, ['suppress', 'psp']],
    [2, ['throttle', 'psp', ...why]],
    [2, ['throttle', 'psp', '--rate', '0', ...why]],
    [2, ['policy', 'set', 'budget.mroe=4', ...why]],
    [2, ['policy', 'set', 'failures.throttle=0.9', ...why]],
    [2, ['shout']],
  ] as const)
    expect({ args, ...(await typed(shop.env, 'governor', ...args)) }).toMatchObject({ args, code });
  expect(await status()).toMatchObject({ policyVersion: 1 });
  expect((await wordOn('psp'))?.pin).toBeUndefined();
});

test('when governors are killed they come again, and speak in a higher term of what was pinned before', async () => {
  await refrain('throttle', 'mail', '--rate', '2.5', ...why);
  const epoch = (await status()).lease?.epoch ?? 0;
  for (const { pid } of await governors()) process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => {
    const { words, lease } = await status();
    expect(lease?.epoch).toBeGreaterThan(epoch);
    expect(words.find(({ dependency }) => dependency === 'mail')).toMatchObject({
      kind: 'throttled',
      rate: 2.5,
      epoch: lease?.epoch,
    });
  }, eventually);
  await refrain('release', 'mail', ...why);
  const orderId = await doors.place();
  expect(await doors.settled(orderId)).toMatchObject({ status: 'completed' });
});
