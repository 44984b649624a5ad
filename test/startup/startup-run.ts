import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectBroker, jetStreamEventLog, jetStreamSnapshots } from '@refrain/jetstream';
import { seedBroker, type SeededBroker, type SeededService } from './seeded-broker.ts';
import { type Started, startOnce } from './started.ts';

export interface StartupReport {
  readonly service: SeededService;
  readonly commits: number;
  readonly events: number;
  /** What the client reads of this log in a second, page by page, and does nothing with. */
  readonly rawPerS: number;
  /** The first start, and one on what the first one kept. */
  readonly without: Started;
  readonly withSnapshots: Started;
}

const all: readonly SeededService[] = ['payments', 'inventory', 'orders'];
const KEPT_MS_MAX = 120_000;

/** Starts the processes of services on long logs, one after the other, each on a broker of its own. */
export async function runStartup({
  events,
  services = all,
  say,
}: {
  readonly events: number;
  readonly services?: readonly SeededService[];
  readonly say: (text: string) => void;
}): Promise<StartupReport[]> {
  const reports: StartupReport[] = [];
  for (const service of services) {
    const broker = await seedBroker(service, events, say);
    try {
      const report = await startTwice(broker);
      tell(report, say);
      reports.push(report);
    } finally {
      await broker.close();
    }
  }
  return reports;
}

async function startTwice(broker: SeededBroker): Promise<StartupReport> {
  const { service, commits, events, url: natsUrl } = broker;
  const dataDir = mkdtempSync(join(tmpdir(), 'refrain-startup-'));
  const spec = { service, natsUrl, dataDir, ask: (url: string) => toldBy(service, url, commits) };
  try {
    const rawPerS = await rawRate(broker);
    const without = await startOnce({ ...spec, until: () => untilKept(broker) });
    const withSnapshots = await startOnce(spec);
    return { service, commits, events, rawPerS, without, withSnapshots };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function rawRate({ url, service, commits }: SeededBroker): Promise<number> {
  const nc = await connectBroker({ url, name: 'raw' });
  const log = jetStreamEventLog(nc, { clock: { now: Date.now }, giveUpMs: 300_000 });
  const begun = performance.now();
  for (let read = 0; read < commits; ) read += (await log.read(service, read + 1, 500)).length;
  const rate = (commits / (performance.now() - begun)) * 1_000;
  await nc.close();
  return Math.round(rate);
}

/** The process keeps in its own time what it knows. */
async function untilKept({ url, service }: SeededBroker): Promise<void> {
  const nc = await connectBroker({ url, name: 'looks' });
  const bucket = jetStreamSnapshots(nc, service);
  const names = ['own-log', ...(service === 'inventory' ? ['entity.warehouse.main'] : [])];
  const giveUpAt = performance.now() + KEPT_MS_MAX;
  for (const name of names)
    while (!(await bucket.read(`manifest.${name}`))) {
      if (performance.now() > giveUpAt) throw new Error(`${service} kept no snapshot ${name}`);
      await sleep(250);
    }
  await nc.close();
}

/** What the door tells of all that is in the log: it answers when the process knows it. */
async function toldBy(service: SeededService, url: string, commits: number): Promise<unknown> {
  const json = async <T>(path: string): Promise<T> => {
    for (;;) {
      const answer = await fetch(`${url}${path}`);
      if (answer.ok) return (await answer.json()) as T;
      await sleep(250); // the broker is busy: it reads on
    }
  };
  const operations = await json<{ items: unknown[] }>('/operator/operations?limit=1000');
  const letters = await json<{ items: unknown[] }>('/operator/dead-letters?limit=1000');
  const counts = { operations: operations.items.length, letters: letters.items.length };
  if (service === 'inventory') return { ...counts, stock: await json('/stock/tea-001') };
  if (service === 'payments') return counts;
  // Its read model answers, and has read all.
  for (;;) {
    const { items } = await json<{ items: { serving: boolean; behind: number }[] }>('/operator/read-models');
    if (items.every(({ serving, behind }) => serving && behind === 0)) return { ...counts, commits };
    await sleep(25);
  }
}

function tell(
  { service, commits, events, rawPerS, without, withSnapshots }: StartupReport,
  say: (text: string) => void,
): void {
  say(`${service}: ${events} events in ${commits} commits; the client alone reads ${rawPerS} commits/s`);
  for (const [name, { readyMs, knowsAllMs, cpuMs, peakMiB }] of [
    ['without snapshots', without],
    ['with snapshots', withSnapshots],
  ] as const) {
    const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
    say(
      `  ${name}: ready after ${seconds(readyMs)}, knows all after ${seconds(knowsAllMs)}, ` +
        `${seconds(cpuMs)} of CPU, at most ${peakMiB} MiB`,
    );
  }
}
