import { setTimeout as sleep } from 'node:timers/promises';
import { startPlain } from './plain.ts';
import { burst, openLoop, type Placed, preciseNow, settled, type Target } from './load.ts';
import type { BenchOptions } from './options.ts';
import { type PrivateBroker, privateBroker } from './private-broker.ts';
import { cpuMsOf, memoryOf, watchMemory } from './processes.ts';
import type { Say } from './progress.ts';
import { startRefrain } from './refrain.ts';
import { startTraced } from './traced.ts';
import type { Side, SideName, StartSide } from './side.ts';
import { quantile } from './statistics.ts';

export const WARM_UP_ORDERS = 2_000;
export const OPEN_LOOP = { perSecond: 50, seconds: 10 } as const;
/** Time in which timers, acknowledgements and garbage of one phase run out before the next is measured. */
const REST_MS = 1_000;

/** One run of one side. */
export interface Run {
  readonly ordersPerSecond: number;
  /** Time to settle in the open loop, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Driver, server and workers together, in the burst. */
  readonly cpuMsPerOrder: number;
  readonly serverCpuMsPerOrder: number;
  readonly driverCpuMsPerOrder: number;
  /** The same in the open loop. */
  readonly openCpuMsPerOrder: number;
  readonly commitsPerOrder: number;
  readonly bytesPerOrder: number;
  /** What the broker's memory grew by, over the burst. */
  readonly brokerBytesPer1000Orders: number;
  /** Peak by process name, in bytes. */
  readonly peakMemory: Readonly<Record<string, number>>;
  /** What was wrong at the end; empty when all orders ended as they should and the stock adds up. */
  readonly problems: readonly string[];
}

export const startSide: Readonly<Record<SideName, StartSide>> = {
  plain: startPlain,
  refrain: startRefrain,
  traced: startTraced(1),
  sampled: startTraced(0.1),
};

/** Runs one side once on a fresh broker: warm-up, burst, open loop, and the check of what is on record. */
export async function measure(name: SideName, options: BenchOptions, say: Say): Promise<Run> {
  const broker = await privateBroker(options.sync);
  let side: Side | undefined;
  try {
    say(`${name}: starts`);
    side = await startSide[name](broker);
    return await phases(name, { broker, side, options, say });
  } finally {
    await side?.stop();
    await broker.stop();
  }
}

interface Running {
  readonly broker: PrivateBroker;
  readonly side: Side;
  readonly options: BenchOptions;
  readonly say: Say;
}

async function phases(name: SideName, { broker, side, options, say }: Running): Promise<Run> {
  say(`${name}: warms up`);
  const warm = await warmUp(side);
  const pids = { driver: process.pid, server: broker.pid };
  const all = { ...pids, ...Object.fromEntries(side.workers.map((worker) => [worker.name, worker.pid])) };
  const before = { messages: await side.messages(), bytes: broker.bytes(), memory: memoryOf(broker.pid) };

  say(`${name}: ${options.orders} orders at once`);
  const memory = watchMemory(all);
  const cpu = cpuSince(all);
  const startedAt = preciseNow();
  const placed = await burst(side, 'b', options.orders);
  await settled(side, placed);
  const spent = cpu();
  const seconds = (endOf(side, placed) - startedAt) / 1_000;
  const peakMemory = memory.stop();
  await sleep(REST_MS);
  const after = { messages: await side.messages(), bytes: broker.bytes(), memory: memoryOf(broker.pid) };

  say(`${name}: ${OPEN_LOOP.perSecond} orders a second for ${OPEN_LOOP.seconds} s`);
  const openCpu = cpuSince(all);
  const steady = await openLoop(side, 'o', OPEN_LOOP);
  const latencies = await settled(side, steady);
  const openSpent = openCpu();

  await sleep(REST_MS);
  const per = (value: number): number => value / options.orders;
  return {
    ordersPerSecond: options.orders / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMsPerOrder: per(total(spent)),
    serverCpuMsPerOrder: per(spent['server'] ?? 0),
    driverCpuMsPerOrder: per(spent['driver'] ?? 0),
    openCpuMsPerOrder: total(openSpent) / steady.orders.length,
    commitsPerOrder: per(after.messages - before.messages),
    bytesPerOrder: per(after.bytes - before.bytes),
    brokerBytesPer1000Orders: per(after.memory - before.memory) * 1_000,
    peakMemory,
    problems: await side.problems([...warm.orders, ...placed.orders, ...steady.orders]),
  };
}

/** Lets caches, compilers and connections get going before anything counts. */
export async function warmUp(side: Side): Promise<Placed> {
  const warm = await burst(side, 'w', WARM_UP_ORDERS);
  await settled(side, warm);
  await sleep(REST_MS);
  return warm;
}

export const endOf = (side: Target, { placedAt }: Placed): number =>
  Math.max(...[...placedAt.keys()].map((id) => side.doneAt.get(id) ?? Number.NaN));

export const total = (byName: Readonly<Record<string, number>>): number =>
  Object.values(byName).reduce((sum, value) => sum + value, 0);

/** Returns how to ask how much CPU time each process has spent since, in milliseconds. */
export function cpuSince(pids: Readonly<Record<string, number>>): () => Record<string, number> {
  const read = (): [string, number][] => Object.entries(pids).map(([name, pid]) => [name, cpuMsOf(pid)]);
  const from = new Map(read());
  return () => Object.fromEntries(read().map(([name, ms]) => [name, ms - (from.get(name) ?? 0)]));
}
