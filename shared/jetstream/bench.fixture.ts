import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@refrain/event-log';
import { type LogBench, suiteTopology } from '@refrain/testing';
import { reconcile } from './admin.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { lossyProxy } from './lossy-proxy.fixture.ts';
import { jetStreamRecovering } from './recovering.ts';
import { jetStreamSchedules } from './schedules.ts';
import type { TestBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';

export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => await wait(ms, undefined, { signal }).catch(() => {}),
};

let benches = 0;

/** A bench of the contract suite: a service of its own on a broker shared by all of them. */
export async function jetStreamBench(broker: TestBroker, duplicateWindowMs: number): Promise<LogBench> {
  const service = `suite-${benches++}`;
  const closers: (() => Promise<void> | void)[] = [];
  const instance = async (url: string, now = (): number => clock.now()) => {
    const nc = await connectBroker({ url, name: service });
    closers.push(() => nc.close());
    const log = jetStreamEventLog(nc, { clock: { now } });
    return { log, schedules: jetStreamSchedules(nc), recovering: jetStreamRecovering(nc) };
  };
  const admin = await connectBroker({ url: broker.url, name: 'admin' });
  await reconcile(admin, brokerPlan([suiteTopology(service)], { duplicateWindowMs, platformId: 'suite' }));
  await admin.close();
  return {
    ...(await instance(broker.url)),
    service,
    clock,
    newInstance: () => instance(broker.url),
    newInstanceAhead: (skewMs) => instance(broker.url, () => clock.now() + skewMs),
    newInstanceLosingAck: async () => {
      const proxy = await lossyProxy(broker.port);
      closers.push(() => proxy.close());
      return await instance(proxy.url);
    },
    close: async () => {
      for (const close of closers) await close();
    },
  };
}
