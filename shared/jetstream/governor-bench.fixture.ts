import { jetstreamManager } from '@nats-io/jetstream';
import type { GovernorBench, GovernorInstance } from '@refrain/testing';
import { reconcile } from './admin.ts';
import { clock } from './bench.fixture.ts';
import { connectBroker } from './connect.ts';
import { jetStreamGoverning, jetStreamReports } from './governing.ts';
import { jetStreamGovernorStore } from './governor-store.ts';
import { lossyProxy } from './lossy-proxy.fixture.ts';
import { GOVERNOR_STREAM } from './names.ts';
import type { TestBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';

/** A bench of the governor's contract suite; all of them share the one bucket of a broker. */
export async function jetStreamGovernorBench(broker: TestBroker): Promise<GovernorBench> {
  const closers: (() => Promise<void> | void)[] = [];
  const connect = async (url: string) => {
    const nc = await connectBroker({ url, name: 'a test' });
    closers.push(() => nc.close());
    return nc;
  };
  const instance = async (url: string): Promise<GovernorInstance> => {
    const nc = await connect(url);
    return {
      store: jetStreamGovernorStore(nc),
      governing: jetStreamGoverning(nc),
      reports: jetStreamReports(nc),
    };
  };
  const admin = await connect(broker.url);
  await reconcile(admin, brokerPlan([], { platformId: 'suite' }));
  return {
    ...(await instance(broker.url)),
    clock,
    newInstance: () => instance(broker.url),
    newInstanceLosingAck: async () => {
      const proxy = await lossyProxy(broker.port);
      closers.push(() => proxy.close());
      return await instance(proxy.url);
    },
    unheard: async (during) => {
      const { streams } = await jetstreamManager(admin, { checkAPI: false });
      // The client leaves a stream what an update does not name.
      const republish = { src: '$KV.governor.nobody', dest: 'governor.nobody' };
      await streams.update(GOVERNOR_STREAM, { republish });
      await during();
      await reconcile(admin, brokerPlan([], { platformId: 'suite' }));
    },
    close: async () => {
      for (const close of closers) await close();
    },
  };
}
