import {
  brokerPlan,
  connectBroker,
  jetStreamGoverning,
  jetStreamGovernorStore,
  jetStreamReports,
  reconcile,
} from '@refrain/jetstream';
import { type GovernorStore, nothingCounted, type Word } from '@refrain/governor';
import { reportOf } from '@refrain/testing';
import { systemClock } from '@refrain/process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Governor } from '@refrain/service-governor/governor';
import { createOutlook } from '@refrain/service-governor/outlook';
import { startNats, type TestNats } from '../support/nats.ts';
import { whileStopped } from '../support/signal.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, routine: () => {} };

let nats: TestNats;
let store: GovernorStore;
const closers: (() => Promise<unknown>)[] = [];
const connect = async (name: string) => {
  const nc = await connectBroker({ url: nats.url, name });
  closers.push(() => nc.close());
  return nc;
};
const begin = async (self: string): Promise<Governor> => {
  const nc = await connect(self);
  const governor = new Governor({
    store: jetStreamGovernorStore(nc),
    reports: jetStreamReports(nc),
    outlook: createOutlook(),
    clock: systemClock,
    elapsed: () => performance.now(),
    self,
    logger: silent,
  });
  await governor.start();
  closers.unshift(() => governor.stop());
  return governor;
};
const wordsOf = async (): Promise<Word[]> =>
  (await store.history('word.psp', 64)).map(({ value }) => JSON.parse(value) as Word);

beforeAll(async () => {
  nats = await startNats();
  const nc = await connect('a test');
  await reconcile(nc, brokerPlan([]));
  store = jetStreamGovernorStore(nc);
  const governing = jetStreamGoverning(nc);
  let n = 0;
  const reporting = setInterval(
    () =>
      governing.report({ ...reportOf('payments', 'payments', ++n), dependencies: { psp: nothingCounted() } }),
    500,
  );
  closers.unshift(async () => clearInterval(reporting));
});
afterAll(async () => {
  for (const close of closers) await close();
  await nats.stop();
});

test('a broker that stands still stops every word, and then one governor speaks in a higher term', {
  timeout: 60_000,
}, async () => {
  const governors = [await begin('a'), await begin('b')];
  const speaking = () => governors.filter(({ epoch }) => epoch !== undefined);
  await vi.waitFor(async () => expect((await wordsOf()).length).toBeGreaterThan(1), 10_000);
  expect(speaking()).toHaveLength(1);
  const before = speaking()[0]?.epoch ?? 0;
  await whileStopped([nats.pid], async () => {
    await systemClock.sleep(4_500);
    expect(speaking()).toEqual([]);
  });
  await vi.waitFor(() => expect(speaking()).toHaveLength(1), 10_000);
  const newer = async (): Promise<Word[]> => (await wordsOf()).filter(({ epoch }) => epoch > before);
  await vi.waitFor(async () => expect((await newer()).length).toBeGreaterThan(3), 20_000);
  expect(speaking()).toHaveLength(1);
  const words = (await wordsOf()).toReversed();
  expect(words.at(-1)?.epoch).toBeGreaterThan(before);
  // Also what was on its way while the broker stood still: no older term after a newer one.
  const epochs = words.map(({ epoch }) => epoch);
  expect(epochs).toEqual([...epochs].sort((one, other) => one - other));
});
