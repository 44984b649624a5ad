import type { DurableDeclaration, ServiceTopology } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { isNewEnough } from './connect.ts';
import { brokerPlan } from './topology.ts';
import { natsServerConfig } from './users.ts';

const hears = (stream: string, durable: string, entityTypes: string[] = []): DurableDeclaration => ({
  stream,
  durable,
  entityTypes,
  from: 'beginning',
  maxAckPending: 64,
  ackWaitMs: 5_000,
});
const orders: ServiceTopology = {
  service: 'orders',
  durables: [hears('payments', 'orders', ['charge'])],
  schedules: false,
};
const payments: ServiceTopology = {
  service: 'payments',
  durables: [hears('orders', 'payments'), hears('payments', 'effects')],
  schedules: true,
};
const allowed = (name: string): readonly string[] =>
  brokerPlan([orders, payments]).users.find((user) => user.name === name)?.publish ?? [];

test('each service has a stream of its own, and one for schedules where it parks', () => {
  const { streams } = brokerPlan([orders, payments]);
  expect(streams.map(({ name, subjects }) => [name, subjects])).toEqual([
    ['EVENTS_ORDERS', ['events.orders.>']],
    ['EVENTS_PAYMENTS', ['events.payments.>']],
    ['SCHEDULES_PAYMENTS', ['schedules.payments.at.*', 'schedules.payments.due.*']],
    ['KV_governor', ['$KV.governor.>']],
    ['KV_recovery', ['$KV.recovery.>']],
    ['KV_snapshots_orders', ['$KV.snapshots_orders.>']],
    ['KV_snapshots_payments', ['$KV.snapshots_payments.>']],
  ]);
  expect(
    streams.every(({ duplicateWindowMs, replicas }) => duplicateWindowMs === 120_000 && replicas === 1),
  ).toBe(true);
});

test('a durable hears the types it names, or everything', () => {
  const { durables } = brokerPlan([orders, payments]);
  expect(durables.map(({ stream, durable, filters }) => [stream, durable, filters])).toEqual([
    ['EVENTS_PAYMENTS', 'orders', ['events.payments.*.charge.*']],
    ['EVENTS_ORDERS', 'payments', []],
    ['EVENTS_PAYMENTS', 'effects', []],
    ['SCHEDULES_PAYMENTS', 'due', ['schedules.payments.due.*']],
  ]);
});

test('an outsider tells under one subject, hears what it may in a durable of its own, and nothing else', () => {
  const outsiders = [{ name: 'bank', tells: true, hears: ['charge'] }];
  const { streams, durables, users } = brokerPlan([{ ...payments, durables: [], outsiders }]);
  expect(streams.find(({ name }) => name === 'INTAKE_PAYMENTS')).toMatchObject({
    kind: 'intake',
    subjects: ['intake.payments.*'],
  });
  expect(durables.find(({ outside }) => outside)).toMatchObject({
    stream: 'EVENTS_PAYMENTS',
    durable: 'outside-bank',
    filters: ['events.payments.*.charge.*'],
  });
  const [bank, ...others] = users.filter(({ outside }) => outside);
  expect(others).toEqual([]);
  expect(bank).toMatchObject({
    name: 'outside-bank',
    publish: [
      'intake.payments.bank',
      '$JS.API.CONSUMER.INFO.EVENTS_PAYMENTS.outside-bank',
      '$JS.API.CONSUMER.MSG.NEXT.EVENTS_PAYMENTS.outside-bank',
      '$JS.ACK.EVENTS_PAYMENTS.outside-bank.>',
    ],
    subscribe: ['_INBOX_outside-bank.>'],
  });
  const deaf = brokerPlan([
    { ...payments, durables: [], outsiders: [{ name: 'bank', tells: false, hears: [] }] },
  ]);
  expect(deaf.streams.some(({ kind }) => kind === 'intake')).toBe(false);
});

test('a service may write to its own log and nowhere else', () => {
  const writes = (name: string) => allowed(name).filter((subject) => /^(events|schedules)\./.test(subject));
  expect(writes('orders')).toEqual(['events.orders.>']);
  expect(writes('payments')).toEqual(['events.payments.>', 'schedules.payments.at.*']);
  expect(writes('audit')).toEqual([]);
  expect(writes('admin')).toEqual([]);
});

test('a service may tell of itself and hear words; the governor alone may speak', () => {
  const of = (name: string) => allowed(name).filter((subject) => /governor|^reports/.test(subject));
  expect(of('payments')).toEqual([
    'reports.payments.*',
    '$JS.API.DIRECT.GET.KV_governor.$KV.governor.word.*',
  ]);
  expect(of('governor')).toContain('$KV.governor.>');
  for (const name of ['admin', 'audit', 'orders', 'payments'])
    expect(allowed(name).some((subject) => subject.startsWith('$KV.governor.'))).toBe(false);
});

test('a service may note its own floors and tell what it did; the admin alone begins a recovery', () => {
  const of = (name: string) => allowed(name).filter((subject) => subject.startsWith('$KV.recovery.'));
  expect(of('payments')).toEqual([
    '$KV.recovery.floor.orders.payments',
    '$KV.recovery.floor.payments.effects',
    '$KV.recovery.report.payments',
  ]);
  expect(of('admin')).toEqual(['$KV.recovery.>']);
  for (const name of ['audit', 'governor']) expect(of(name)).toEqual([]);
});

test('nobody may delete a stream, and no service may make or change one', () => {
  const verbs = (name: string) =>
    allowed(name).filter((subject) => /STREAM\.(DELETE|CREATE|UPDATE)|CONSUMER\.CREATE/.test(subject));
  expect(verbs('admin').filter((subject) => subject.includes('DELETE'))).toEqual([]);
  for (const name of ['orders', 'payments', 'audit']) expect(verbs(name)).toEqual([]);
  expect(allowed('admin')).not.toContain('$JS.API.>');
});

test('two services that would share a stream are refused, so is a durable declared twice or of an unknown service, or one that bears the name of another user', () => {
  const named = (service: string): ServiceTopology => ({ service, durables: [], schedules: false });
  expect(() => brokerPlan([named('a-b'), named('a_b')])).toThrow(/RF_TOPOLOGY_PLAN.*EVENTS_A_B/);
  const twice = { ...named('x'), durables: [hears('x', 'd'), hears('x', 'd')] };
  expect(() => brokerPlan([twice])).toThrow(/RF_TOPOLOGY_PLAN.*EVENTS_X\/d/);
  expect(() => brokerPlan([{ ...named('x'), durables: [hears('nobody', 'd')] }])).toThrow(
    /RF_TOPOLOGY_PLAN.*EVENTS_NOBODY/,
  );
  expect(() => brokerPlan([named('governor')])).toThrow(/RF_TOPOLOGY_PLAN.*user governor/);
});

test('the configuration listens here only, knows each user with a password, and quotes what it is given', () => {
  const users = [{ name: 'orders', password: '$2a$11$"x' }];
  const text = natsServerConfig({
    plan: brokerPlan([orders, payments]),
    users,
    port: 4222,
    storeDir: '/a b',
    syncInterval: 'always',
  });
  expect(text).toContain('listen: "127.0.0.1:4222"');
  expect(text).toContain('store_dir: "/a b"');
  expect(text).toContain('sync_interval: "always"');
  expect(text).toContain(String.raw`user: "orders", password: "$2a$11$\"x"`);
  expect(text).not.toContain('user: "payments"');
});

test('a node of a cluster lets in only nodes with the password, and names no server to clients', () => {
  const cluster = {
    name: 'c',
    port: 6222,
    routes: ['nats://route:pw@127.0.0.1:6222', 'nats://route:pw@127.0.0.1:6223'],
    user: 'route',
    password: 'pw',
  };
  const alone = { plan: brokerPlan([orders, payments]), users: [], port: 4222, storeDir: '/s' };
  const text = natsServerConfig({ ...alone, cluster });
  expect(text).toContain('listen: "127.0.0.1:6222"');
  expect(text).toContain('authorization { user: "route", password: "pw" }');
  expect(text).toContain('no_advertise: true');
  expect(text).toContain('"nats://route:pw@127.0.0.1:6223"');
  expect(natsServerConfig(alone)).not.toContain('cluster');
});

test('servers from 2.14 on are new enough', () => {
  expect(['2.14.0', '2.15.1', '2.15.0-beta.1', '3.0.0'].map(isNewEnough)).toEqual([true, true, true, true]);
  expect(['2.13.9', '1.99.0', '', '2'].map(isNewEnough)).toEqual([false, false, false, false]);
});
