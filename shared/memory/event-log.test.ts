import { eventLogSuite, type LogBench, suiteTopology } from '@refrain/testing';
import { MemoryBroker } from './memory-broker.ts';
import { MemoryClient } from './memory-client.ts';
import { VirtualClock } from './virtual-clock.ts';

const duplicateWindowMs = 400;
const brokers = new WeakMap<LogBench, MemoryBroker>();

async function memoryBench({ staleReads = 0 } = {}): Promise<LogBench> {
  const clock = new VirtualClock();
  let drawn = 0;
  const chance = staleReads === 0 ? () => 0 : () => (drawn++ % 7) / 7;
  const broker = new MemoryBroker({ clock, chance, duplicateWindowMs, latencyMs: 0, staleReads });
  const service = 'suite';
  broker.declare([suiteTopology(service)]);
  const instance = (options = {}) => {
    const { log, schedules, recovering } = new MemoryClient(broker, options);
    return { log, schedules, recovering };
  };
  const stop = clock.autorun();
  const bench: LogBench = {
    ...instance(),
    service,
    clock,
    newInstance: async () => instance(),
    newInstanceToKill: async () => {
      const client = new MemoryClient(broker);
      return { log: client.log, schedules: client.schedules, kill: () => client.kill() };
    },
    newInstanceAhead: async (skewMs) => instance({ skewMs }),
    newInstanceLosingAck: async () => instance({ losesFirstAck: true }),
    close: async () => stop(),
  };
  brokers.set(bench, broker);
  return bench;
}

eventLogSuite('memory', () => memoryBench(), {
  duplicateWindowMs,
  lagging: () => memoryBench({ staleReads: 0.3 }),
  makeAnew: async (bench) => brokers.get(bench)?.redeliverAll(),
  loseAlarms: async (bench) => brokers.get(bench)?.schedules.purge(),
  restart: async (bench) => brokers.get(bench)?.restart(),
  loseTail: async (bench, during) => {
    const seq = await bench.log.lastSequence(bench.service);
    await during();
    brokers.get(bench)?.truncate(bench.service, seq);
  },
});
