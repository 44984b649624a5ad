import { jetstreamManager } from '@nats-io/jetstream';
import { type EventLog, streamOf } from '@refrain/event-log';
import { brokerPlan, connectBroker, jetStreamEventLog, reconcile } from '@refrain/jetstream';
import { decisionsOf, readingOf, replayLog, type ReplayReport } from '@refrain/replay';
import { topologyOf } from '@refrain/runtime';
import type { NatsConnection } from 'nats';
import { shopDefinitions, standInOf } from '../../scripts/cli/supervisor/shop-topology.ts';
import { type PrivateBroker, privateBroker } from '../bench/private-broker.ts';
import { copyLogs } from '../replay/copied-logs.ts';
import { recordedShop } from '../replay/recorded-shop.ts';

/** The logs that a replay of orders reads, its own first. */
const SERVICES = ['orders', 'payments', 'inventory'];

/** The share of the client's own reading rate that is aimed at. */
const GOAL = 0.7;

interface Reading {
  readonly commits: number;
  readonly perSecond: number;
  /** CPU of this process, microseconds for each commit. */
  readonly cpuMicros: number;
}

interface Report {
  readonly events: number;
  readonly raw: readonly Reading[];
  readonly replay: Reading & Pick<ReplayReport, 'same' | 'different' | 'notDecided'>;
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly peakMiB: number;
}

/** Replays a log of orders with a million events (`EVENTS`), beside the client's own reading of it. */
export async function replay(say: (text: string) => void): Promise<{ report: Report; ok: boolean }> {
  const broker = await privateBroker('default');
  const nc = await connectBroker({ url: broker.url, name: 'proof' });
  try {
    return await measure(broker, nc, say);
  } finally {
    await nc.close();
    await broker.stop();
  }
}

async function measure(
  broker: PrivateBroker,
  nc: NatsConnection,
  say: (text: string) => void,
): Promise<{ report: Report; ok: boolean }> {
  const log = jetStreamEventLog(nc, { clock: { now: Date.now }, timeoutMs: 20_000, giveUpMs: 300_000 });
  await fill(nc, log, Number(process.env['EVENTS'] ?? 1_000_000), say);
  say(`${(broker.bytes() / 2 ** 20).toFixed(0)} MiB on disk`);
  const raw = [await rawReading(nc, log)];
  say(readingText('the client reads', raw[0] as Reading));
  let peak = 0;
  const from = began();
  const report = await replayLog({
    log: readingOf(log),
    decisions: decisionsOf(standInOf('orders')),
    onProgress: () => {
      peak = Math.max(peak, process.memoryUsage().rss);
    },
  });
  const { same, different, notDecided, commits, heard, events, differences } = report;
  const replayed = { ...from.took(commits + heard), same, different, notDecided };
  say(readingText('a replay reads and decides', replayed));
  raw.push(await rawReading(nc, log));
  say(readingText('the client reads', raw[1] as Reading));
  const mean = (of: (reading: Reading) => number): number =>
    raw.reduce((sum, r) => sum + of(r), 0) / raw.length;
  const ratio = replayed.perSecond / mean((reading) => reading.perSecond);
  const cpuRatio = mean((reading) => reading.cpuMicros) / replayed.cpuMicros;
  const peakMiB = Math.round(peak / 2 ** 20);
  say(`${events} events of orders: ${same} decisions the same, ${different} differ, ${peakMiB} MiB at most`);
  for (const { entity, seq } of differences.slice(0, 5)) say(`  BROKEN  ${entity} at ${seq} differs`);
  const lost = notDecided['cause not found'];
  if (lost > 0) say(`  BROKEN  ${lost} causes were not found`);
  const reached = ratio >= GOAL ? 'reached' : 'MISSED';
  say(
    `${ratio.toFixed(2)} of the client's rate (by CPU ${cpuRatio.toFixed(2)}); the goal of ${GOAL} is ${reached}`,
  );
  const told = { events, raw, replay: replayed, ratio, cpuRatio, peakMiB };
  return { report: told, ok: different === 0 && lost === 0 };
}

/** Copies of the flows of a shop in memory, with their failures, until orders has so many events. */
async function fill(
  nc: NatsConnection,
  log: EventLog,
  events: number,
  say: (text: string) => void,
): Promise<void> {
  await reconcile(nc, brokerPlan(shopDefinitions().map(topologyOf)));
  const { world } = await recordedShop(1);
  const recorded = SERVICES.flatMap((service) => [...world.broker.commitsOf(service)]);
  const ofOrders = recorded.filter(({ entity }) => entity.service === 'orders');
  const copies = Math.ceil(events / ofOrders.reduce((sum, { types }) => sum + types.length, 0));
  const tellEvery = Math.ceil(copies / 10);
  await copyLogs(log, recorded, {
    copies,
    isLeft: ({ entity }) => entity.entityType === 'warehouse' || entity.entityType === 'receipt',
    onCopy: (n) =>
      n % tellEvery === 0 ? say(`${Math.round((100 * n) / copies)} % of the log is written`) : undefined,
  });
}

/** What the client does by itself, page by page as a replay reads: nothing is decoded or kept. */
async function rawReading(nc: NatsConnection, log: EventLog): Promise<Reading> {
  const { direct } = await jetstreamManager(nc, { timeout: 60_000 });
  const from = began();
  let commits = 0;
  for (const service of SERVICES) {
    const last = await log.lastSequence(service);
    for (let seq = 1; seq <= last; ) {
      for await (const message of await direct.getBatch(streamOf(service), { seq, batch: 1_000 })) {
        seq = message.seq + 1;
        commits++;
      }
    }
  }
  return from.took(commits);
}

function began(): { took(commits: number): Reading } {
  const [at, cpu] = [performance.now(), process.cpuUsage()];
  return {
    took: (commits) => {
      const { user, system } = process.cpuUsage(cpu);
      const seconds = (performance.now() - at) / 1_000;
      return { commits, perSecond: Math.round(commits / seconds), cpuMicros: (user + system) / commits };
    },
  };
}

const readingText = (what: string, { commits, perSecond, cpuMicros }: Reading): string =>
  `${what} ${commits} commits at ${perSecond}/s, ${cpuMicros.toFixed(1)} µs of CPU each`;
