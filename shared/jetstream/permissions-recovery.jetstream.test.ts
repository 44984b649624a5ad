import type { DurableDeclaration } from '@refrain/event-log';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { connectBroker } from './connect.ts';
import { jetStreamRecovering } from './recovering.ts';
import { type TestBroker, testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';
import { natsServerConfig } from './users.ts';

const hears = (stream: string, durable: string): DurableDeclaration => ({
  stream,
  durable,
  entityTypes: [],
  from: 'beginning',
  maxAckPending: 16,
  ackWaitMs: 5_000,
});
const plan = brokerPlan([
  { service: 'orders', durables: [hears('payments', 'orders')], schedules: false },
  { service: 'payments', durables: [hears('orders', 'payments')], schedules: true },
]);
const users = plan.users.map(({ name }) => ({ name, password: `secret of ${name}` }));

let broker: TestBroker;
const connections = {} as { admin: NatsConnection; payments: NatsConnection };

beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'), (at) => natsServerConfig({ plan, users, ...at }));
  for (const name of ['admin', 'payments'] as const)
    connections[name] = await connectBroker({
      url: broker.url,
      name,
      user: name,
      password: `secret of ${name}`,
    });
  await reconcile(connections.admin, plan);
});
afterAll(async () => {
  for (const nc of Object.values(connections)) await nc.close();
  await broker.close();
});

test('a service notes its own floors, tells what it did and reads recoveries; it begins none', async () => {
  const { bucket, durables } = jetStreamRecovering(connections.payments);
  expect((await durables.stateOf({ service: 'orders', durable: 'payments' })).floor).toBe(0);
  expect(await bucket.write('floor.orders.payments', '{}', 0)).toBeGreaterThan(0);
  expect(await bucket.write('report.payments', '{}', 0)).toBeGreaterThan(0);
  expect(await bucket.read('recovery')).toBeUndefined();
  for (const key of ['recovery', 'floor.payments.orders', 'report.orders', 'flows.payments.0'])
    await expect(bucket.write(key, '{}', 0)).rejects.toThrow(/Permissions Violation/);
  const others = { service: 'payments', durable: 'orders' };
  await expect(durables.stateOf(others)).rejects.toThrow(/Permissions Violation/);
  const own = { service: 'orders', durable: 'payments' };
  await expect(durables.rewind(own, 0)).rejects.toThrow(/Permissions Violation/);
  const admin = jetStreamRecovering(connections.admin);
  await admin.durables.rewind(own, 0);
  expect(await admin.bucket.history('floor.orders.payments', 3)).toHaveLength(1);
  expect(await admin.bucket.write('recovery', '{}', 0)).toBeGreaterThan(0);
});
