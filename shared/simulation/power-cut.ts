import type { Commit } from '@refrain/event-log';
import type { MemoryBroker } from '@refrain/memory';
import {
  lastSignOfLife,
  lostSince,
  rewind,
  type RewindResult,
  type ServiceDefinition,
} from '@refrain/runtime';
import type { World } from './world.ts';

/** The kind of fault that is a power cut, where the scenario can recover from it. */
export const LOST_TAIL = 'lost tail';

/** How much a broker may lose of what it acknowledged, in milliseconds: it syncs that often. */
export const SYNC_MS = 20_000;

/** What a power cut takes. */
export interface Cut {
  /** By service, when its log was synced last, milliseconds since 1970: what came later is gone. */
  readonly synced: Readonly<Record<string, number>>;
  /** When what a recovery leans on was synced last. */
  readonly recoverySynced: number;
  /** Whether alarms are gone too. */
  readonly alarms: boolean;
}

/** Takes the tail of each log, each at a place of its own. Returns what is gone. */
export function cutTails(broker: MemoryBroker, { synced, recoverySynced, alarms }: Cut): Commit[] {
  const lost = Object.entries(synced).flatMap(([service, at]) => {
    const stored = [...broker.commitsOf(service)];
    const kept = stored.filter((commit) => commit.at <= at).length;
    broker.truncate(service, kept);
    return stored.slice(kept);
  });
  broker.recovery.forgetAfter(recoverySynced);
  if (alarms) broker.schedules.purge();
  return lost;
}

/** What `up` does once the broker is there again and before any process is. */
export async function recoverWorld(
  world: World,
  definitions: readonly ServiceDefinition[],
  id: string,
): Promise<RewindResult> {
  const { log, recovering } = world.admin();
  const parts = { log, recovering, clock: world.clock, definitions };
  const lastSign = (await lastSignOfLife(parts)) ?? world.clock.now();
  const before = world.recovered;
  const rewound = await rewind(parts, { id, since: lostSince(lastSign, SYNC_MS), before });
  world.recovered = { id, since: rewound.recovery.since };
  return rewound;
}
