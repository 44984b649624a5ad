import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { connectBroker } from './connect.ts';
import { jetStreamSnapshots, snapshotKeys } from './snapshots.ts';
import { type TestBroker, testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';
import { natsServerConfig } from './users.ts';

const plan = brokerPlan([
  { service: 'orders', durables: [], schedules: false },
  { service: 'payments', durables: [], schedules: true },
]);
const users = plan.users.map(({ name }) => ({ name, password: `secret of ${name}` }));

let broker: TestBroker;
const connections = {} as { admin: NatsConnection; payments: NatsConnection; audit: NatsConnection };

beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'), (at) => natsServerConfig({ plan, users, ...at }));
  for (const name of ['admin', 'payments', 'audit'] as const)
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

test("a service keeps its own snapshots, and neither sees nor touches another's", async () => {
  const own = jetStreamSnapshots(connections.payments, 'payments');
  expect(await own.write('x', '{}', 0)).toBe(1);
  expect(await own.read('x')).toMatchObject({ value: '{}' });
  const other = jetStreamSnapshots(connections.payments, 'orders');
  await expect(other.write('x', '{}', 0)).rejects.toThrow(/Permissions Violation/);
  await expect(other.read('x')).rejects.toThrow(/Permissions Violation/);
  const requests = {
    '$JS.API.DIRECT.GET.KV_snapshots_orders.$KV.snapshots_orders.x': '',
    '$JS.API.STREAM.INFO.KV_snapshots_orders': '',
    '$JS.API.STREAM.PURGE.KV_snapshots_payments': '',
    '$JS.API.STREAM.DELETE.KV_snapshots_payments': '',
  };
  for (const [subject, body] of Object.entries(requests))
    await expect(connections.payments.request(subject, body, { timeout: 2_000 })).rejects.toThrow(
      /Permissions Violation/,
    );
});

test('the audit reads all of them and writes none', async () => {
  const seen = jetStreamSnapshots(connections.audit, 'payments');
  expect(await seen.read('x')).toMatchObject({ value: '{}' });
  expect(await snapshotKeys(connections.audit, 'payments')).toEqual(['x']);
  await expect(seen.write('x', '{}', 1)).rejects.toThrow(/Permissions Violation/);
});
