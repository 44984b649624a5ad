import { type Commit, newCommit } from '@refrain/event-log';
import { type LogBench, suiteTopology } from '@refrain/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { clock, jetStreamBench } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { jetStreamSchedules } from './schedules.ts';
import { type TestBroker, testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';

let broker: TestBroker;
beforeAll(async () => {
  broker = await testBroker(inject('natsServerBin'));
});
afterAll(() => broker.close());

const commitOf = ({ service }: Pick<LogBench, 'service'>) => {
  const events = [
    { id: 'e', type: 'T', version: 1, cause: 'event:x', reaction: 'r', correlation: 'c', data: {} },
  ];
  return newCommit({ entity: { service, entityType: 'ticket', entityId: 'a' }, expected: 0, events });
};

test('without a broker an append is given up as unknown, and a read as not reached', async () => {
  const bench = await jetStreamBench({ urls: [broker.url], duplicateWindowMs: 1_000, replicas: 1 });
  const nc = await connectBroker({ url: broker.url, name: 'impatient' });
  const log = jetStreamEventLog(nc, { clock, giveUpMs: 300 });
  const schedules = jetStreamSchedules(nc, { giveUpMs: 300 });
  const commit = commitOf(bench);
  await broker.end('SIGKILL');
  const alarm = { service: bench.service, operation: 'op', entityType: 'ticket', entityId: 'a' };
  await Promise.all([
    expect(log.append(commit)).rejects.toThrow(/RF_APPEND_UNKNOWN.*ticket\/a.*(disconnected|timeout)/),
    expect(log.load(commit.entity, 0)).rejects.toThrow(/RF_UNREACHABLE.*the log of/),
    expect(log.last(commit.entity)).rejects.toThrow(/RF_UNREACHABLE/),
    expect(schedules.set(alarm, 0)).rejects.toThrow(/RF_UNREACHABLE.*alarm of op/),
  ]);
  await broker.start();
  expect(await bench.log.append(commit)).toMatchObject({ outcome: 'appended', seq: 1 });
  await nc.close();
  await bench.close();
});

test('a stream that is not there is asked for until it is; a refusal is thrown at once', async () => {
  const nc = await connectBroker({ url: broker.url, name: 'early' });
  const told: string[] = [];
  const log = jetStreamEventLog(nc, { clock, log: (line) => told.push(line) });
  const service = 'early';
  const received: Commit[] = [];
  const subscription = await log.subscribe(
    { service, durable: 'reader' },
    { maxInFlight: 4 },
    async (delivery) => {
      received.push(delivery.commit);
      delivery.ack();
    },
  );
  const appending = log.append(commitOf({ service }));
  await expect(log.lastSequence(service)).rejects.toThrow(/RF_BROKER_REFUSED.*stream not found.*10059/);
  await clock.sleep(500);
  await reconcile(nc, brokerPlan([suiteTopology(service)]));
  expect(await appending).toMatchObject({ outcome: 'appended', seq: 1 });
  while (received.length === 0) await clock.sleep(20);
  expect(received[0]?.seq).toBe(1);
  expect(told).toEqual([
    expect.stringMatching(/reader on EVENTS_EARLY does not answer/),
    'reader on EVENTS_EARLY answers again',
  ]);
  await subscription.stop();
  await nc.close();
});
