import { governorSuite } from '@refrain/testing';
import { afterAll, inject } from 'vitest';
import { jetStreamGovernorBench } from './governor-bench.fixture.ts';
import { testBroker } from './test-broker.fixture.ts';

const broker = await testBroker(inject('natsServerBin'));
afterAll(() => broker.close());

governorSuite('JetStream', () => jetStreamGovernorBench(broker), {
  restart: async (_bench, how) => {
    await broker.end(how);
    await broker.start();
  },
});
