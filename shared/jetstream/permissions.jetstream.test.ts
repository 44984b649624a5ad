import { type DurableDeclaration, newCommit, type ServiceTopology } from '@refrain/event-log';
import { reportOf, wordOn } from '@refrain/testing';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { clock } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { jetStreamGoverning, jetStreamReports } from './governing.ts';
import { jetStreamGovernorStore } from './governor-store.ts';
import { jetStreamSchedules } from './schedules.ts';
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
const services: ServiceTopology[] = [
  { service: 'orders', durables: [hears('payments', 'orders')], schedules: true },
  { service: 'payments', durables: [hears('orders', 'payments')], schedules: true },
];
const plan = brokerPlan(services);
const users = plan.users.map(({ name }) => ({ name, password: `secret of ${name}` }));

let broker: TestBroker;
const connections = new Map<string, NatsConnection>();
const as = (user: string): NatsConnection => connections.get(user) as NatsConnection;
const commitOf = (service: string, entityId: string, expected = 0) => {
  const events = [
    { id: entityId, type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c', data: {} },
  ];
  return newCommit({ entity: { service, entityType: 'thing', entityId }, expected, events });
};
const logOf = (user: string) => jetStreamEventLog(as(user), { clock, giveUpMs: 2_000 });

/** Which of these requests, by subject, a user may make. */
async function allowedOf(user: string, requests: Record<string, object | string>): Promise<string[]> {
  const answers = Object.entries(requests).map(async ([subject, body]) => {
    const data = typeof body === 'string' ? body : JSON.stringify(body);
    try {
      await as(user).request(subject, data, { timeout: 2_000 });
      return [subject];
    } catch (error) {
      return String(error).includes('Permissions Violation') ? [] : [`${subject}: ${String(error)}`];
    }
  });
  return (await Promise.all(answers)).flat();
}

beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'), (at) =>
    natsServerConfig({ plan, users, ...at, syncInterval: '1s' }),
  );
  for (const { name, password } of users)
    connections.set(name, await connectBroker({ url: broker.url, name, user: name, password }));
  await reconcile(as('admin'), plan);
  await logOf('orders').append(commitOf('orders', 'o1'));
  await logOf('payments').append(commitOf('payments', 'p1'));
});
afterAll(async () => {
  for (const nc of connections.values()) await nc.close();
  await broker.close();
});

test('a service has all it needs: its own log and alarms, and its deliveries from others', async () => {
  const log = logOf('payments');
  const entity = { service: 'payments', entityType: 'thing', entityId: 'p1' };
  expect(await log.load(entity, 0)).toHaveLength(1);
  expect(await log.append(commitOf('payments', 'p1'))).toMatchObject({ duplicate: true });
  expect(await log.last(entity)).toMatchObject({ seq: 1 });
  expect(await log.read('payments', 1, 10)).toHaveLength(1);
  expect(await log.lastSequence('payments')).toBe(1);
  const heard = Promise.withResolvers<string>();
  await log.subscribe({ service: 'orders', durable: 'payments' }, { maxInFlight: 4 }, async (delivery) => {
    delivery.ack();
    heard.resolve(delivery.commit.entity.entityId);
  });
  expect(await heard.promise).toBe('o1');
  expect(await log.lag({ service: 'orders', durable: 'payments' })).toBe(0);
  expect(Math.abs(await log.clockOffset('payments'))).toBeLessThan(1_000);
  const fired = Promise.withResolvers<string>();
  const schedules = jetStreamSchedules(as('payments'));
  const alarm = (operation: string) => ({
    service: 'payments',
    operation,
    entityType: 'thing',
    entityId: 'p1',
  });
  await schedules.set(alarm('never'), Date.now() + 60_000);
  await schedules.cancel(alarm('never'));
  await schedules.set(alarm('op'), Date.now());
  await schedules.subscribe('payments', { maxInFlight: 1 }, async (firing) => {
    firing.ack();
    fired.resolve(firing.alarm.operation);
  });
  expect(await fired.promise).toBe('op');
});

test('a service tells the governor of itself and hears its words; the governor has all it needs', async () => {
  const told = Promise.withResolvers<string>();
  await jetStreamReports(as('governor')).subscribe(({ instance }) => told.resolve(instance));
  const spoken = Promise.withResolvers<number>();
  const heard = Promise.withResolvers<number>();
  const store = jetStreamGovernorStore(as('governor'));
  const first = await store.write('word.psp', JSON.stringify(wordOn('psp', 1)), 0);
  await jetStreamGoverning(as('payments')).listen(['psp'], ({ tick }) => {
    if (tick === 1) spoken.resolve(tick);
    else heard.resolve(tick);
  });
  expect(await spoken.promise).toBe(1);
  await store.write('word.psp', JSON.stringify(wordOn('psp', 2)), first as number);
  expect(await heard.promise).toBe(2);
  expect(await store.history('word.psp', 5)).toHaveLength(2);
  jetStreamGoverning(as('payments')).report(reportOf('payments', 'payments-2', 1));
  expect(await told.promise).toBe('payments-2');
});

describe('a service cannot', () => {
  test('speak a word, pin one, change the policy or take the lease', async () => {
    const written = Object.fromEntries(
      ['word.psp', 'pins', 'change.psp', 'policy', 'lease'].map((key) => [`$KV.governor.${key}`, '{}']),
    );
    const word = JSON.stringify(wordOn('psp', 9, 9));
    expect(await allowedOf('payments', { ...written, 'governor.word.psp': word })).toEqual([]);
  });

  test('tell of another service, nor hear what others tell', async () => {
    const report = JSON.stringify(reportOf('orders', 'orders', 1));
    expect(
      await allowedOf('payments', { 'reports.orders.orders': report, 'reports.governor.x': report }),
    ).toEqual([]);
    for (const subject of ['reports.>', 'reports.orders.*', '$KV.governor.>']) {
      const spy = as('payments').subscribe(subject);
      const listening = async (): Promise<void> => {
        for await (const _ of spy) break;
      };
      await expect(listening()).rejects.toThrow(/Permissions Violation/);
    }
  });

  test('read of the governor what is no word', async () => {
    expect(
      await allowedOf('payments', {
        '$JS.API.DIRECT.GET.KV_governor.$KV.governor.pins': '',
        '$JS.API.DIRECT.GET.KV_governor': { last_by_subj: '$KV.governor.lease' },
        '$JS.API.STREAM.MSG.GET.KV_governor': { last_by_subj: '$KV.governor.lease' },
        '$JS.API.STREAM.INFO.KV_governor': '',
      }),
    ).toEqual([]);
  });

  const consumer = {
    stream_name: 'EVENTS_ORDERS',
    config: { name: 'spy', ack_policy: 'none', mem_storage: true },
  };

  test("write to its neighbour's log", async () => {
    await expect(logOf('payments').append(commitOf('orders', 'o2'))).rejects.toThrow(/Permissions Violation/);
    expect(await logOf('orders').lastSequence('orders')).toBe(1);
  });

  test("read its neighbour's log, in any of the ways there are", async () => {
    const o1 = commitOf('orders', 'o1');
    await expect(logOf('payments').load(o1.entity, 0)).rejects.toThrow(/Permissions Violation/);
    await expect(logOf('payments').last(o1.entity)).rejects.toThrow(/Permissions Violation/);
    await expect(logOf('payments').read('orders', 1, 1)).rejects.toThrow(/Permissions Violation/);
    await expect(logOf('payments').lastSequence('orders')).rejects.toThrow(/Permissions Violation/);
    expect(await allowedOf('payments', { [`$JS.API.DIRECT.GET.EVENTS_ORDERS.${o1.subject}`]: '' })).toEqual(
      [],
    );
  });

  test('make a consumer or a stream, not even on its own log', async () => {
    expect(
      await allowedOf('payments', {
        '$JS.API.CONSUMER.CREATE.EVENTS_ORDERS.spy': consumer,
        '$JS.API.CONSUMER.CREATE.EVENTS_ORDERS': consumer,
        '$JS.API.CONSUMER.CREATE.EVENTS_PAYMENTS.spy': {
          ...consumer,
          stream_name: 'EVENTS_PAYMENTS',
        },
        '$JS.API.CONSUMER.DURABLE.CREATE.EVENTS_ORDERS.spy': consumer,
        '$JS.API.STREAM.CREATE.MIRROR': { name: 'MIRROR', mirror: { name: 'EVENTS_ORDERS' } },
      }),
    ).toEqual([]);
  });

  test("take or settle its neighbour's deliveries", async () => {
    expect(
      await allowedOf('payments', {
        '$JS.API.CONSUMER.MSG.NEXT.EVENTS_PAYMENTS.orders': { batch: 1 },
        '$JS.API.CONSUMER.MSG.NEXT.SCHEDULES_ORDERS.due': { batch: 1 },
        '$JS.ACK.EVENTS_PAYMENTS.orders.1.1.1.1.0': '+ACK',
        '$JS.API.CONSUMER.DELETE.EVENTS_PAYMENTS.orders': '',
        '$JS.API.CONSUMER.RESET.EVENTS_PAYMENTS.orders': { seq: 1 },
      }),
    ).toEqual([]);
  });

  test("set, cancel or forge its neighbour's alarms, nor forge its own firing", async () => {
    const schedules = jetStreamSchedules(as('payments'));
    const alarm = { service: 'orders', operation: 'op', entityType: 'thing', entityId: 'o1' };
    await expect(schedules.set(alarm, Date.now())).rejects.toThrow(/Permissions Violation/);
    await expect(schedules.cancel(alarm)).rejects.toThrow(/Permissions Violation/);
    expect(
      await allowedOf('payments', { 'schedules.orders.due.op': '{}', 'schedules.payments.due.op': '{}' }),
    ).toEqual([]);
  });

  test('let an alarm of its own fire into a log', async () => {
    const { headers } = await import('nats');
    const lines = headers();
    lines.set('Nats-Schedule', `@at ${new Date().toISOString()}`);
    lines.set('Nats-Schedule-Target', 'events.orders.00.thing.o9');
    const answer = await as('payments').request('schedules.payments.at.op', '{}', {
      timeout: 2_000,
      headers: lines,
    });
    expect(answer.string()).toContain('"err_code"');
    expect(await logOf('orders').lastSequence('orders')).toBe(1);
  });

  test('listen to the answers that others get', async () => {
    const spy = as('payments').subscribe('_INBOX_orders.>');
    await expect(
      (async () => {
        for await (const _ of spy) break;
      })(),
    ).rejects.toThrow(/Permissions Violation/);
  });

  test('delete or purge a log, its own included', async () => {
    expect(
      await allowedOf('payments', {
        '$JS.API.STREAM.DELETE.EVENTS_PAYMENTS': '',
        '$JS.API.STREAM.PURGE.EVENTS_PAYMENTS': '',
        '$JS.API.STREAM.PURGE.SCHEDULES_ORDERS': '',
        '$JS.API.STREAM.MSG.GET.SCHEDULES_NOTIFICATIONS': { last_by_subj: 'schedules.notifications.at.op' },
        '$JS.API.STREAM.MSG.DELETE.EVENTS_PAYMENTS': { seq: 1 },
      }),
    ).toEqual([]);
  });
});

test('the admin deletes no stream and writes no event, and nobody purges the truth', async () => {
  const requests = {
    '$JS.API.STREAM.DELETE.EVENTS_ORDERS': '',
    '$JS.API.STREAM.PURGE.EVENTS_ORDERS': '',
    'events.orders.00.thing.o9': '{}',
  };
  expect(await allowedOf('admin', requests)).toEqual([]);
});

test('the governor writes no event and reads none, and takes nothing back', async () => {
  const requests = {
    'events.orders.00.thing.o9': '{}',
    '$JS.API.STREAM.MSG.GET.EVENTS_ORDERS': { seq: 1 },
    '$JS.API.STREAM.PURGE.KV_governor': '',
    '$JS.API.STREAM.MSG.DELETE.KV_governor': { seq: 1 },
    '$JS.API.STREAM.DELETE.KV_governor': '',
    'governor.word.psp': '{}',
  };
  expect(await allowedOf('governor', requests)).toEqual([]);
});

test('the audit reads every log and writes to none', async () => {
  const log = logOf('audit');
  for (const service of ['orders', 'payments']) {
    expect(await log.read(service, 1, 10)).toHaveLength(1);
    expect(await log.lastSequence(service)).toBe(1);
    await expect(log.append(commitOf(service, 'x'))).rejects.toThrow(/Permissions Violation/);
  }
  const said = jetStreamGovernorStore(as('audit'));
  const change = JSON.stringify({ v: 1, what: 'word' });
  await jetStreamGovernorStore(as('governor')).write('change.mail', change, 0);
  expect(await said.history('change.mail', 64)).toHaveLength(1);
  expect(await said.read('policy')).toBeUndefined();
  await expect(said.write('change.mail', '{}', 0)).rejects.toThrow(/Permissions Violation/);
  await expect(
    jetStreamSchedules(as('audit')).set(
      { service: 'orders', operation: 'o', entityType: 't', entityId: 'e' },
      0,
    ),
  ).rejects.toThrow(/Permissions Violation/);
});

test('nobody comes in without a name', async () => {
  await expect(connectBroker({ url: broker.url, name: 'stranger' })).rejects.toThrow(
    /RF_UNREACHABLE.*Authorization/i,
  );
  await expect(
    connectBroker({ url: broker.url, name: 'x', user: 'orders', password: 'wrong' }),
  ).rejects.toThrow(/RF_UNREACHABLE/);
});
