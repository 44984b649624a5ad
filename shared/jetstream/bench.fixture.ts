import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@refrain/event-log';
import { streamOf } from '@refrain/event-log';
import { type LogBench, suiteTopology } from '@refrain/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { reconcile } from './admin.ts';
import { connectBroker } from './connect.ts';
import { jetStreamEventLog } from './event-log.ts';
import { lossyProxy } from './lossy-proxy.fixture.ts';
import { jetStreamRecovering } from './recovering.ts';
import { jetStreamSchedules } from './schedules.ts';
import type { NatsConnection } from 'nats';
import { scheduleStreamOf } from './names.ts';
import { type BrokerPlan, brokerPlan } from './topology.ts';

export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => await wait(ms, undefined, { signal }).catch(() => {}),
};

let benches = 0;

/** Where the benches of a suite have their streams. */
export interface BenchBroker {
  /** One server, or the servers of a cluster. */
  readonly urls: readonly string[];
  readonly duplicateWindowMs: number;
  readonly replicas: number;
}

/** What no instance may do, and an operator may. */
export async function asAdmin<T>(
  { urls }: Pick<BenchBroker, 'urls'>,
  act: (manager: JetStreamManager, nc: NatsConnection) => Promise<T>,
): Promise<T> {
  const nc = await connectBroker({ url: urls, name: 'admin' });
  try {
    return await act(await jetstreamManager(nc, { checkAPI: false }), nc);
  } finally {
    await nc.close();
  }
}

/** Deletes a durable of a bench and makes it again, as the admin step does where it is missing. */
export async function makeAnew(on: BenchBroker, { service }: LogBench, durable: string): Promise<void> {
  await asAdmin(on, async (manager, nc) => {
    await manager.consumers.delete(streamOf(service), durable);
    await reconcile(nc, planOf(service, on));
  });
}

/** Empties the stream of a bench's alarms. */
export async function loseAlarms(on: BenchBroker, { service }: LogBench): Promise<void> {
  await asAdmin(on, async (manager) => await manager.streams.purge(scheduleStreamOf(service)));
}

const planOf = (service: string, { duplicateWindowMs, replicas }: BenchBroker): BrokerPlan =>
  brokerPlan([suiteTopology(service)], { duplicateWindowMs, replicas, platformId: 'suite' });

/** A bench of the contract suite: a service of its own on a broker shared by all of them. */
export async function jetStreamBench(on: BenchBroker): Promise<LogBench> {
  const service = `suite-${benches++}`;
  const closers: (() => Promise<void> | void)[] = [];
  const instance = async (url: string | readonly string[], now = (): number => clock.now()) => {
    const nc = await connectBroker({ url, name: service });
    closers.push(() => nc.close());
    const log = jetStreamEventLog(nc, { clock: { now } });
    return { log, schedules: jetStreamSchedules(nc), recovering: jetStreamRecovering(nc) };
  };
  await asAdmin(on, async (_, nc) => await reconcile(nc, planOf(service, on)));
  return {
    ...(await instance(on.urls)),
    service,
    clock,
    newInstance: (node) => instance((node === undefined ? undefined : on.urls[node]) ?? on.urls),
    newInstanceToKill: async () => {
      const nc = await connectBroker({ url: on.urls, name: service });
      closers.push(() => nc.close());
      const parts = { log: jetStreamEventLog(nc, { clock }), schedules: jetStreamSchedules(nc) };
      return { ...parts, kill: () => nc.close() };
    },
    newInstanceAhead: (skewMs) => instance(on.urls, () => clock.now() + skewMs),
    newInstanceLosingAck: async () => {
      const proxy = await lossyProxy(Number(new URL(on.urls[0] as string).port));
      closers.push(() => proxy.close());
      return await instance(proxy.url);
    },
    close: async () => {
      for (const close of closers) await close();
    },
  };
}
