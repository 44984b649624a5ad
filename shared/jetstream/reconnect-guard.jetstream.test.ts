import { newCommit } from '@refrain/event-log';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { clock } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { guardReconnects } from './reconnect-guard.ts';
import { jetStreamRecovering } from './recovering.ts';
import { type TestBroker, testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';

let broker: TestBroker;
const connections: NatsConnection[] = [];
const connected = async (name: string): Promise<NatsConnection> => {
  const nc = await connectBroker({ url: broker.url, name });
  connections.push(nc);
  return nc;
};
const commitOf = (entityId: string) => {
  const event = { id: entityId, type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c' };
  const entity = { service: 'w', entityType: 'thing', entityId };
  return newCommit({ entity, expected: 0, events: [{ ...event, data: {} }] });
};

beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'));
  await reconcile(await connected('admin'), brokerPlan([{ service: 'w', durables: [], schedules: false }]));
});
afterAll(async () => {
  for (const nc of connections) await nc.close();
  await broker.close();
});

test('after a reconnect nothing leaves before the recovery was read, and nothing ever where it is another', async () => {
  const { bucket } = jetStreamRecovering(await connected('admin'));
  const revision = (await bucket.write('recovery', 'one', 0)) ?? 0;
  const nc = await connected('w');
  const log = jetStreamEventLog(nc, { clock, timeoutMs: 300, giveUpMs: 2_000 });
  const seen: (string | undefined)[] = [];
  guardReconnects(nc, ({ recovery, imported }) => {
    seen.push(recovery);
    return recovery === 'one' && imported === undefined;
  });
  expect(await log.append(commitOf('before'))).toMatchObject({ outcome: 'appended' });

  await broker.end('SIGKILL');
  await broker.start();
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['one']);
  expect(await log.append(commitOf('known'))).toMatchObject({ outcome: 'appended' });

  await bucket.write('recovery', 'two', revision);
  await broker.end('SIGKILL');
  await broker.start();
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual(['one', 'two']);
  await expect(log.append(commitOf('void'))).rejects.toThrow('RF_APPEND_UNKNOWN');
  const other = jetStreamEventLog(await connected('another'), { clock });
  expect(await other.lastSequence('w')).toBe(2);
}, 30_000);
