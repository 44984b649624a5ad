import type { Span } from '@refrain/contract-kit';
import type { Delivery, DurableDeclaration, Firing } from '@refrain/event-log';
import type { Attributes, Metrics } from './metrics.ts';
import type { NewerEvents } from './newer-events.ts';
import { tellOpenWork } from './open-work-metrics.ts';
import type { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import { workOf } from './topology.ts';
import { NEWER_DELAY_MS } from './trouble.ts';

/** What kind of work a durable brings. */
export type Work = 'reactions' | 'effects' | 'deadlines' | 'alarms';

type Measuring = Pick<Ports, 'clock' | 'metrics'>;

/** A repeat came, and changed nothing. `layer` is what it was caught by. */
export function caught(
  metrics: Metrics,
  layer: 'broker window' | 'causes' | 'expected sequence' | 'provider key',
): void {
  metrics.add('refrain_duplicates_total', 1, { layer });
}

/** A cause that had been handled: found in memory or the log at once, or after somebody else's append won. */
export function caughtByCause(
  metrics: Metrics,
  { conflicts }: { readonly conflicts: number },
  span: Span,
): void {
  const layer = conflicts > 0 ? 'expected sequence' : 'causes';
  caught(metrics, layer);
  span.set({ 'refrain.duplicate': layer });
}

/** Commits were read from the log and folded: what the rate of a replay is told by. */
export const replayed = (metrics: Metrics, reader: 'entity' | 'read model', commits: number): void =>
  metrics.add('refrain_replayed_commits_total', commits, { reader });

const LAG = { reason: 'lag', dependency: 'none' } as const;
const LATE = { reason: 'schedule late', dependency: 'none' } as const;

/** Measures how often a handler is called, how long it takes, and how late what it handles comes. */
function measured<T>(
  { clock, metrics }: Measuring,
  about: { source: string; work: Work },
  late: (one: T, now: number) => void,
  handle: (one: T) => Promise<void>,
): (one: T & { redelivered: boolean }) => Promise<void> {
  const first: Attributes = { ...about, redelivered: 'no' };
  const again: Attributes = { ...about, redelivered: 'yes' };
  return async (one) => {
    const from = clock.now();
    metrics.add('refrain_deliveries_total', 1, one.redelivered ? again : first);
    late(one, from);
    try {
      await handle(one);
    } finally {
      metrics.record('refrain_handling_seconds', Math.max(0, clock.now() - from) / 1_000, about);
    }
  };
}

/** `lag`: how long after it was stored a commit comes first. A deadline holds its own back on purpose. */
export function measuredDeliveries(
  ports: Measuring,
  about: { source: string; work: Work },
  handle: (delivery: Delivery) => Promise<void>,
): (delivery: Delivery) => Promise<void> {
  const lag = ({ commit, redelivered }: Delivery, now: number): void => {
    if (redelivered || about.work === 'deadlines') return;
    ports.metrics.record('refrain_wait_seconds', Math.max(0, now - commit.at) / 1_000, LAG);
  };
  return measured(ports, about, lag, handle);
}

/** `schedule late`: how long after it was due an alarm comes first. */
export function measuredFirings(
  ports: Measuring,
  source: string,
  handle: (firing: Firing) => Promise<void>,
): (firing: Firing) => Promise<void> {
  const late = ({ dueAt, redelivered }: Firing, now: number): void => {
    if (!redelivered && dueAt !== undefined)
      ports.metrics.record('refrain_wait_seconds', Math.max(0, now - dueAt) / 1_000, LATE);
  };
  return measured(ports, { source, work: 'alarms' }, late, handle);
}

export interface Observed {
  readonly service: string;
  readonly durables: readonly DurableDeclaration[];
  readonly effects: readonly string[];
  readonly newer: NewerEvents;
  readonly view: Pick<OwnLogView, 'operations' | 'letters' | 'matters'>;
}

/**
 * Measures what only shows when it is asked for: what is open as of the last look at the own log, what waits
 * in the durables, and how far the clocks are apart.
 * @throws what the log throws when the broker does not answer; what was set before stands.
 */
export async function observe(
  ports: Ports,
  { service, durables, effects, newer, view }: Observed,
): Promise<void> {
  const { metrics, clock, log } = ports;
  const seenFrom = clock.now() - 3 * NEWER_DELAY_MS;
  const waiting = newer.list().filter(({ lastSeenAt }) => lastSeenAt >= seenFrom);
  metrics.set('refrain_newer_waiting', waiting.length);
  tellOpenWork(metrics, effects, view);
  view.matters.tell(metrics, clock.now());
  const lags = durables.map(async ({ stream: source, durable }) => {
    const lag = await log.lag({ service: source, durable });
    metrics.set('refrain_consumer_lag', lag, { source, work: workOf(service, durable) });
  });
  await Promise.all(lags);
  const { commits, bytes, current, behind, lag: replicaLag } = await log.storage(service);
  metrics.set('refrain_stream_commits', commits);
  metrics.set('refrain_stream_bytes', bytes);
  metrics.set('refrain_stream_copies', current, { copies: 'current' });
  metrics.set('refrain_stream_copies', behind, { copies: 'behind' });
  metrics.set('refrain_replica_lag', replicaLag);
  metrics.set('refrain_clock_offset_seconds', (await log.clockOffset(service)) / 1_000);
}
