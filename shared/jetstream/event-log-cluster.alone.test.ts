import { streamOf } from '@refrain/event-log';
import { eventLogSuite, type LogBench } from '@refrain/testing';
import { afterAll, inject } from 'vitest';
import { asAdmin, type BenchBroker, jetStreamBench, loseAlarms, makeAnew } from './bench.fixture.ts';
import { testCluster } from './test-cluster.fixture.ts';

const cluster = await testCluster(inject('natsServerBin'));
afterAll(() => cluster.close());
const on: BenchBroker = { urls: cluster.urls, duplicateWindowMs: 400, replicas: 3 };

const make = (): Promise<LogBench> => jetStreamBench(on);

eventLogSuite('a cluster', make, {
  lagging: make,
  duplicateWindowMs: on.duplicateWindowMs,
  makeAnew: (bench, durable) => makeAnew(on, bench, durable),
  loseAlarms: (bench) => loseAlarms(on, bench),
  cluster: {
    stepDown: async ({ service }) =>
      await asAdmin(on, async (_, nc) => {
        const stream = streamOf(service);
        await nc.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`);
        await nc.request(`$JS.API.CONSUMER.LEADER.STEPDOWN.${stream}.reader`);
      }),
    killLeader: async ({ service }) => {
      const info = await asAdmin(on, (manager) => manager.streams.info(streamOf(service)));
      const node = cluster.node(info.cluster?.leader ?? '');
      await node.end('SIGKILL');
      return () => node.start();
    },
  },
});
