import { randomUUID } from 'node:crypto';
import { hash } from '@refrain/contract-kit';
import { messageOf, RefrainError } from '@refrain/errors';
import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { errors, type NatsConnection } from 'nats';
import { reconcileDurable } from './admin-durables.ts';
import { changeOf, streamConfig } from './admin-streams.ts';
import { sleep } from './pauses.ts';
import { code } from './refusal.ts';
import type { BrokerPlan, StreamPlan } from './topology.ts';

export interface Reconciled {
  /**
   * Drawn when the first stream was made, kept in the streams' metadata: part of every id of this platform.
   */
  readonly platformId: string;
}

const UNAVAILABLE = 503;
/** Fewer servers than copies: a cluster whose nodes have not found each other yet. */
const NO_PEERS = 10005;
/** A stream that is made waits for its disk, or for its replicas. */
const TIMEOUT_MS = 5_000;
/** A cluster that has just started elects its leader first. */
const GIVE_UP_MS = 60_000;
const PAUSE_MS = 250;

/**
 * Makes what the broker lacks of the plan and changes what can be changed without loss. Run by the admin
 * step; two at once end with the same. Waits up to a minute for a broker that is starting.
 *
 * @throws RF_UNREACHABLE when it does not start, RF_TOPOLOGY naming both values for a difference that would
 * lose data, or for another platform's streams. What was reconciled before it stays.
 */
export async function reconcile(nc: NatsConnection, plan: BrokerPlan): Promise<Reconciled> {
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: TIMEOUT_MS });
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (;;) {
    try {
      return await reconcileOnce(nc, manager, plan);
    } catch (error) {
      if (!isNotReady(error)) throw error;
      if (performance.now() > giveUpAt)
        throw new RefrainError('RF_UNREACHABLE', {
          what: 'JetStream',
          where: nc.getServer(),
          problem: messageOf(error),
        });
    }
    await sleep(PAUSE_MS);
  }
}

const isNotReady = (error: unknown): boolean =>
  error instanceof errors.TimeoutError ||
  // The client keeps this class to itself.
  (error instanceof Error && error.name === 'JetStreamNotEnabled') ||
  (error instanceof JetStreamApiError && (error.status === UNAVAILABLE || error.code === NO_PEERS));

async function reconcileOnce(
  nc: NatsConnection,
  manager: JetStreamManager,
  plan: BrokerPlan,
): Promise<Reconciled> {
  const streams = [...plan.streams].sort((a, b) => a.kind.localeCompare(b.kind));
  const existing = new Map<string, StreamConfig>();
  for (const { name } of streams) {
    const config = await configOf(manager, name);
    if (config) existing.set(name, config);
  }
  let platformId = knownPlatform(streams, existing, plan.platformId) ?? plan.platformId;
  for (const stream of streams) {
    const config =
      existing.get(stream.name) ?? (await make(manager, stream, platformId ?? hash(randomUUID())));
    // Who made the first stream has drawn the id, be it another admin step that runs now.
    platformId ??= config.metadata?.['platformId'];
    const change = changeOf(stream, config, platformId as string);
    if (change) await manager.streams.update(stream.name, change);
  }
  for (const durable of plan.durables) await reconcileDurable(nc, manager, durable);
  return { platformId: platformId as string };
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code.noStream) return undefined;
    throw error;
  }
}

async function make(
  manager: JetStreamManager,
  stream: StreamPlan,
  platformId: string,
): Promise<StreamConfig> {
  try {
    return (await manager.streams.add(streamConfig(stream, platformId))).config;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== code.nameInUse) throw error;
    return (await manager.streams.info(stream.name)).config;
  }
}

/**
 * The platform whose streams these are. @throws RF_TOPOLOGY when they are of two, or not of the one that is
 * planned.
 */
function knownPlatform(
  streams: readonly StreamPlan[],
  existing: ReadonlyMap<string, StreamConfig>,
  planned: string | undefined,
): string | undefined {
  let known = planned;
  for (const { name } of streams) {
    const actual = existing.get(name)?.metadata?.['platformId'];
    if (actual === undefined) continue;
    if (known !== undefined && actual !== known)
      throw new RefrainError('RF_TOPOLOGY', { what: `platformId of ${name}`, actual, expected: known });
    known = actual;
  }
  return known;
}
