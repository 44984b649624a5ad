import { eventLogSuite } from '@refrain/testing';
import { afterAll, inject } from 'vitest';
import { jetStreamBench, loseAlarms, makeAnew } from './bench.fixture.ts';
import { testBroker } from './test-broker.fixture.ts';

const duplicateWindowMs = 400;
const broker = await testBroker(inject('natsServerBin'));
afterAll(() => broker.close());
const on = { urls: [broker.url], duplicateWindowMs, replicas: 1 };

eventLogSuite('JetStream', () => jetStreamBench(on), {
  duplicateWindowMs,
  makeAnew: (bench, durable) => makeAnew(on, bench, durable),
  loseAlarms: (bench) => loseAlarms(on, bench),
  restart: async (_bench, how) => {
    await broker.end(how);
    await broker.start();
  },
  loseTail: async (_bench, during) => {
    await broker.end('SIGTERM');
    broker.keepData();
    await broker.start();
    await during();
    await broker.end('SIGKILL');
    broker.putDataBack();
    await broker.start();
  },
});
