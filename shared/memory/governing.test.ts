import { type GovernorBench, type GovernorInstance, governorSuite } from '@refrain/testing';
import { MemoryBroker } from './memory-broker.ts';
import { MemoryClient } from './memory-client.ts';
import { VirtualClock } from './virtual-clock.ts';

const brokers = new WeakMap<GovernorBench, MemoryBroker>();

async function memoryBench(): Promise<GovernorBench> {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, chance: () => 0.5, latencyMs: 4 });
  const instance = (options = {}): GovernorInstance => {
    const { governorStore, governing, reports } = new MemoryClient(broker, options);
    return { store: governorStore, governing, reports };
  };
  const stop = clock.autorun();
  const bench: GovernorBench = {
    ...instance(),
    clock,
    newInstance: async () => instance(),
    newInstanceLosingAck: async () => instance({ losesFirstAck: true }),
    unheard: async (during) => {
      broker.setSilent(true);
      await during();
      broker.setSilent(false);
    },
    close: async () => stop(),
  };
  brokers.set(bench, broker);
  return bench;
}

governorSuite('memory', memoryBench, { restart: async (bench) => brokers.get(bench)?.restart() });
