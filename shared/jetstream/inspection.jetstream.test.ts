import { jetstreamManager } from '@nats-io/jetstream';
import { newCommit } from '@refrain/event-log';
import { suiteTopology } from '@refrain/testing';
import { nanos } from 'nats';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { clock } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { inspectBroker } from './inspection.ts';
import { type TestBroker, testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';
import { natsServerConfig } from './users.ts';

const plan = brokerPlan([suiteTopology('looked-at')]);
const users = plan.users.map(({ name }) => ({ name, password: `secret of ${name}` }));
let broker: TestBroker;
const login = (user: string) =>
  connectBroker({ url: broker.url, name: user, user, password: `secret of ${user}` });

beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'), (at) => natsServerConfig({ plan, users, ...at }));
});
afterAll(() => broker.close());

test('admin sees what is missing, then that all is as planned, then what somebody changed by hand', async () => {
  const admin = await login('admin');
  const nothing = await inspectBroker(admin, plan);
  expect(nothing.streams.map(({ missing }) => missing)).toEqual(plan.streams.map(() => true));
  expect(nothing.durables.map(({ missing }) => missing)).toEqual(plan.durables.map(() => true));

  await reconcile(admin, plan);
  const made = await inspectBroker(admin, plan);
  expect(made.streams.filter(({ missing, differs }) => missing || differs.length > 0)).toEqual([]);
  expect(made.durables.filter(({ missing, differs }) => missing || differs.length > 0)).toEqual([]);
  expect(made.version).toMatch(/^2\.\d+/);
  expect(Math.abs(made.clockOffsetMs ?? Number.NaN)).toBeLessThan(500);

  const manager = await jetstreamManager(admin, { checkAPI: false });
  const { config } = await manager.streams.info('EVENTS_LOOKED_AT');
  await manager.streams.update('EVENTS_LOOKED_AT', { ...config, duplicate_window: nanos(5_000) });
  await manager.consumers.update('EVENTS_LOOKED_AT', 'notes', { max_ack_pending: 7 });
  const changed = await inspectBroker(admin, plan);
  expect(changed.streams.flatMap(({ differs }) => differs)).toEqual([
    'duplicate_window is 5000000000, planned 120000000000',
  ]);
  expect(
    changed.durables.flatMap(({ durable, differs }) => differs.map((one) => `${durable} ${one}`)),
  ).toEqual(['notes max_ack_pending is 7, planned 256']);
  await admin.close();
});

test('a durable that nobody listens to asks for nothing, and says what waits', async () => {
  const admin = await login('admin');
  await reconcile(admin, plan);
  const nc = await login('looked-at');
  const log = jetStreamEventLog(nc, { clock });
  const events = [
    { id: 'e', type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c', data: {} },
  ];
  const entity = { service: 'looked-at', entityType: 'ticket', entityId: 'a' };
  await log.append(newCommit({ entity, expected: 0, events }));
  const reader = async () => {
    const { durables } = await inspectBroker(admin, plan);
    return durables.find(({ durable }) => durable === 'reader');
  };
  expect(await reader()).toMatchObject({ pending: 1, out: 0, asking: 0, ackFloor: 0 });
  await log.subscribe({ service: 'looked-at', durable: 'reader' }, { maxInFlight: 4 }, async (d) => d.ack());
  await expect.poll(reader).toMatchObject({ pending: 0, out: 0, asking: 1, ackFloor: 1 });
  await nc.close();
  await admin.close();
});
