import { newCommit } from '@refrain/event-log';
import { suiteTopology } from '@refrain/testing';
import { afterAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import type { Appended } from './append.ts';
import { clock } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { lossyProxy } from './lossy-proxy.fixture.ts';
import { testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';

const broker = await testBroker(inject('natsServerBin'));
const admin = await connectBroker({ url: broker.url, name: 'admin' });
await reconcile(admin, brokerPlan([suiteTopology('told')]));
const closers: (() => Promise<unknown> | void)[] = [() => admin.close()];
afterAll(async () => {
  for (const close of closers) await close();
  await broker.close();
});

async function telling(url: string) {
  const told: Appended[] = [];
  const nc = await connectBroker({ url, name: 'told' });
  closers.unshift(() => nc.close());
  const onAppended = (appended: Appended): void => void told.push(appended);
  return { nc, told, log: jetStreamEventLog(nc, { clock, onAppended, timeoutMs: 300, giveUpMs: 500 }) };
}

const commitOf = (entityId: string, what: string) =>
  newCommit({
    entity: { service: 'told', entityType: 'ticket', entityId },
    expected: 0,
    events: [
      { id: what, type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c', data: {} },
    ],
  });

test('an append tells how it ended: stored, or somebody else was first', async () => {
  const { log, told } = await telling(broker.url);
  await log.append(commitOf('a', 'one'));
  await log.append(commitOf('a', 'two'));
  expect(told.map(({ result, repeats }) => [result, repeats])).toEqual([
    ['appended', 0],
    ['conflict', 0],
  ]);
  expect(told[0]?.ms).toBeGreaterThan(0);
  expect(told[0]?.ms).toBeLessThan(1_000);
});

test('an append whose acknowledgement got lost was sent again, and was stored before', async () => {
  const proxy = await lossyProxy(broker.port);
  closers.push(() => proxy.close());
  const { log, told } = await telling(proxy.url);
  await log.append(commitOf('b', 'one'));
  expect(told.map(({ result }) => result)).toEqual(['duplicate']);
  expect(told[0]?.repeats).toBeGreaterThanOrEqual(1); // until it was connected again
});

test('an append that nobody answers has failed', async () => {
  const { log, told, nc } = await telling(broker.url);
  await nc.close();
  await expect(log.append(commitOf('c', 'one'))).rejects.toThrow(/./);
  expect(told).toMatchObject([{ result: 'failed' }]);
});
