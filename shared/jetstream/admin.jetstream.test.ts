import { jetstreamManager } from '@nats-io/jetstream';
import { type Delivery, type DurableDeclaration, newCommit, type ServiceTopology } from '@refrain/event-log';
import type { NatsConnection } from 'nats';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { clock } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { brokerPlan } from './topology.ts';

let nc: NatsConnection;
let round = 0;
const run = Math.random().toString(36).slice(2, 8);
/** A service of the test's own: the server is shared. */
let name: string;
beforeEach(async () => {
  nc = await connectBroker({ url: inject('natsUrl'), name: 'admin' });
  name = `admin-${run}-${round++}`;
});
afterEach(() => nc.close());

const reader = (change: Partial<DurableDeclaration> = {}): DurableDeclaration => ({
  stream: name,
  durable: 'reader',
  entityTypes: ['ticket'],
  from: 'beginning',
  maxAckPending: 64,
  ackWaitMs: 5_000,
  ...change,
});
const service = (change: Partial<DurableDeclaration> = {}): ServiceTopology => ({
  service: name,
  durables: [reader(change)],
  schedules: true,
});
const manager = async () => await jetstreamManager(nc, { checkAPI: false });
const streamName = (): string => `EVENTS_${name.toUpperCase().replaceAll('-', '_')}`;
const store = async (entityId: string, entityType = 'ticket'): Promise<void> => {
  const events = [
    { id: entityId, type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c', data: {} },
  ];
  const entity = { service: name, entityType, entityId };
  await jetStreamEventLog(nc, { clock }).append(newCommit({ entity, expected: 0, events }));
};

test('makes event streams that keep everything, and a second time changes nothing', async () => {
  await reconcile(nc, brokerPlan([service()]));
  const made = (await (await manager()).streams.info(streamName())).config;
  expect(made).toMatchObject({ storage: 'file', retention: 'limits', deny_delete: true, deny_purge: true });
  expect(made).toMatchObject({
    allow_direct: true,
    compression: 's2',
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
  });
  expect(made.allow_msg_schedules ?? false).toBe(false);
  expect(made.duplicate_window).toBe(120_000 * 1e6);
  const durable = (await (await manager()).consumers.info(streamName(), 'reader')).config;
  expect(durable).toMatchObject({
    ack_policy: 'explicit',
    max_deliver: -1,
    deliver_policy: 'all',
    max_ack_pending: 64,
  });
  expect(durable.inactive_threshold ?? 0).toBe(0);
  await reconcile(nc, brokerPlan([service()]));
  expect((await (await manager()).streams.info(streamName())).config).toEqual(made);
});

test('makes the bucket of the governors, whose words are heard as they are stored, and finds it as it is', async () => {
  await reconcile(nc, brokerPlan([service()]));
  const made = (await (await manager()).streams.info('KV_governor')).config;
  expect(made).toMatchObject({ storage: 'file', retention: 'limits', max_msgs_per_subject: 64 });
  expect(made).toMatchObject({ deny_delete: true, allow_direct: true });
  expect(made.republish).toMatchObject({ src: '$KV.governor.word.*', dest: 'governor.word.{{wildcard(1)}}' });
  const republish = { src: '$KV.governor.word.*', dest: 'elsewhere.{{wildcard(1)}}' };
  await (await manager()).streams.update('KV_governor', { republish });
  await reconcile(nc, brokerPlan([service()]));
  expect((await (await manager()).streams.info('KV_governor')).config).toEqual(made);
});

test('draws the platform id once, and two admin steps at once draw the same', async () => {
  const drawn = await Promise.all([
    reconcile(nc, brokerPlan([service()])),
    reconcile(nc, brokerPlan([service()])),
  ]);
  expect(drawn[0].platformId).toMatch(/^[a-z2-7]{26}$/);
  expect(drawn[1]).toEqual(drawn[0]);
  expect(await reconcile(nc, brokerPlan([service()]))).toEqual(drawn[0]);
  const other = { service: `${name}-b`, durables: [], schedules: false };
  expect(await reconcile(nc, brokerPlan([service(), other]))).toEqual(drawn[0]);
  await expect(reconcile(nc, brokerPlan([service()], { platformId: 'foreign' }))).rejects.toThrow(
    `has ${drawn[0].platformId}, Refrain wants foreign`,
  );
});

test('changes what loses nothing: the window, ack waits, bounds, a limit somebody set', async () => {
  await reconcile(nc, brokerPlan([service()]));
  const jsm = await manager();
  await jsm.streams.update(streamName(), {
    ...(await jsm.streams.info(streamName())).config,
    max_age: 3_600 * 1e9,
    duplicate_window: 60 * 1e9,
  });
  await reconcile(
    nc,
    brokerPlan([service({ ackWaitMs: 7_000, maxAckPending: 8 })], { duplicateWindowMs: 5_000 }),
  );
  expect((await jsm.streams.info(streamName())).config).toMatchObject({
    duplicate_window: 5_000 * 1e6,
    max_age: 0,
  });
  expect((await jsm.consumers.info(streamName(), 'reader')).config).toMatchObject({
    ack_wait: 7_000 * 1e6,
    max_ack_pending: 8,
  });
});

test('refuses a stream that is kept otherwise, naming both values, and leaves it as it is', async () => {
  const jsm = await manager();
  await jsm.streams.add({ name: streamName(), subjects: [`events.${name}.>`], storage: 'memory' });
  await expect(reconcile(nc, brokerPlan([service()]))).rejects.toThrow(
    `RF_TOPOLOGY: storage of ${streamName()}: the broker has memory, Refrain wants file`,
  );
  expect((await jsm.streams.info(streamName())).config.storage).toBe('memory');
});

test('refuses a stream that holds more subjects than planned', async () => {
  const jsm = await manager();
  await jsm.streams.add({ name: streamName(), subjects: [`events.${name}.>`, `other.${name}`] });
  await expect(reconcile(nc, brokerPlan([service()]))).rejects.toThrow(/RF_TOPOLOGY: subjects of/);
});

test("a durable from 'now' begins behind what is stored when it is made, and stays there", async () => {
  await reconcile(nc, brokerPlan([{ ...service(), durables: [] }]));
  await store('a');
  await store('b');
  await reconcile(nc, brokerPlan([service({ from: 'now' })]));
  await store('c');
  await reconcile(nc, brokerPlan([service({ from: 'now' })]));
  const info = await (await manager()).consumers.info(streamName(), 'reader');
  expect(info.config).toMatchObject({ deliver_policy: 'by_start_sequence', opt_start_seq: 3 });
  expect(info.num_pending).toBe(1);
});

/** Takes `count` deliveries of the reader, and says of whom they were. */
async function heard(count: number): Promise<string[]> {
  const ids: string[] = [];
  const log = jetStreamEventLog(nc, { clock });
  const handle = async (delivery: Delivery): Promise<void> => {
    ids.push(delivery.commit.entity.entityId);
    delivery.ack();
  };
  const subscription = await log.subscribe({ service: name, durable: 'reader' }, { maxInFlight: 1 }, handle);
  await expect.poll(() => ids.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
  await subscription.stop();
  return ids;
}
const isAsked = async (): Promise<boolean> =>
  (await (await manager()).consumers.info(streamName(), 'reader')).num_waiting > 0;

test('a durable that is to hear a type of which nothing is stored hears it from then on', async () => {
  await reconcile(nc, brokerPlan([service()]));
  await store('a');
  expect(await heard(1)).toEqual(['a']);
  await reconcile(nc, brokerPlan([service({ entityTypes: ['note', 'ticket'] })]));
  await store('n', 'note');
  expect(await heard(1)).toEqual(['n']);
});

test('one that has passed events of a type is put back to before the first of them, once nobody hears it', async () => {
  await reconcile(nc, brokerPlan([service()]));
  await store('a');
  await store('n', 'note');
  await store('b');
  expect(await heard(2)).toEqual(['a', 'b']);
  const more = brokerPlan([service({ entityTypes: ['note', 'ticket'] })]);
  const log = jetStreamEventLog(nc, { clock });
  const busy = await log.subscribe({ service: name, durable: 'reader' }, { maxInFlight: 1 }, async () => {});
  await expect.poll(isAsked).toBe(true);
  await expect(reconcile(nc, more)).rejects.toThrow('has passed what was stored of it from 2 on');
  await busy.stop();
  await expect.poll(isAsked, { timeout: 10_000 }).toBe(false);
  await reconcile(nc, more);
  await store('m', 'note');
  expect(await heard(3)).toEqual(['n', 'b', 'm']);
  await reconcile(nc, brokerPlan([service({ entityTypes: [] })]));
  expect((await heard(4)).sort()).toEqual(['a', 'b', 'm', 'n']);
});

test('refuses to move a durable', async () => {
  await reconcile(nc, brokerPlan([service()]));
  await expect(reconcile(nc, brokerPlan([service({ from: 'now' })]))).rejects.toThrow(
    /start of durable reader.*beginning.*now/,
  );
});
