import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Commit, type EventLog, nameOf, type RecordedEvent, streamOf } from '@refrain/event-log';
import { connectBroker, jetStreamEventLog } from '@refrain/jetstream';
import { jetstreamManager } from '@nats-io/jetstream';
import type { TestShop } from './shop.ts';

export const shopServices = ['orders', 'payments', 'inventory', 'notifications'] as const;
export type ShopService = (typeof shopServices)[number];

/** One event with the stored message it came in. */
export interface StoredEvent extends RecordedEvent {
  service: ShopService;
  entity: string;
  seq: number;
  commitId: string;
}

export interface ShopStreams {
  commits(service: ShopService): Promise<Commit[]>;
  /** Every event of a flow, in the order of each service's log. */
  eventsOf(correlation: string): Promise<StoredEvent[]>;
  /** The headers of a stored message, names as they are written. */
  headersOf(service: ShopService, seq: number): Promise<Readonly<Record<string, string>>>;
  /** How much each service has recorded. */
  lengths(): Promise<Record<ShopService, number>>;
  close(): Promise<void>;
}

/** Every commit of a service's log. */
export async function allCommits(log: Pick<EventLog, 'read'>, service: ShopService): Promise<Commit[]> {
  const all: Commit[] = [];
  for (;;) {
    const page = await log.read(service, (all.at(-1)?.seq ?? 0) + 1, 500);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** The event streams of a running shop, read as the user `audit`, who can write nothing. */
export async function shopStreams({
  refrainData,
  portBase,
}: Pick<TestShop, 'refrainData' | 'portBase'>): Promise<ShopStreams> {
  const secret = readFileSync(join(refrainData, 'secrets', 'audit.json'), 'utf8');
  const login = JSON.parse(secret) as { user: string; password: string; inboxPrefix: string };
  const nc = await connectBroker({ url: `nats://127.0.0.1:${portBase + 22}`, name: 'a test', ...login });
  const log = jetStreamEventLog(nc, { clock: { now: () => Date.now() } });
  const manager = await jetstreamManager(nc, { checkAPI: false });

  const commits = (service: ShopService): Promise<Commit[]> => allCommits(log, service);
  return {
    commits,
    eventsOf: async (correlation) => {
      const found: StoredEvent[] = [];
      for (const service of shopServices)
        for (const commit of await commits(service))
          for (const event of commit.body().events)
            if (event.correlation === correlation) {
              const place = { entity: nameOf(commit.entity), seq: commit.seq, commitId: commit.id };
              found.push({ ...event, ...place, service });
            }
      return found;
    },
    headersOf: async (service, seq) => {
      const message = await manager.streams.getMessage(streamOf(service), { seq });
      return Object.fromEntries(
        [...(message?.header ?? [])].map(([name, values]) => [name, values[0] ?? '']),
      );
    },
    lengths: async () => {
      const lengths = shopServices.map(async (s) => [s, await log.lastSequence(s)] as const);
      return Object.fromEntries(await Promise.all(lengths)) as Record<ShopService, number>;
    },
    close: () => nc.close(),
  };
}
