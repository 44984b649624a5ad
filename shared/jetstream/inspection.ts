import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { messageOf } from '@refrain/errors';
import { type NatsConnection, nanos } from 'nats';
import { changeOf, streamConfig } from './admin-streams.ts';
import { code } from './refusal.ts';
import type { BrokerPlan, DurablePlan, StreamPlan } from './topology.ts';

/** What a broker really has of a plan, as somebody finds it who changes nothing. */
export interface BrokerFacts {
  readonly version: string;
  /** This clock less the broker's, in milliseconds, half a round trip taken off. */
  readonly clockOffsetMs: number | undefined;
  readonly streams: readonly StreamFacts[];
  readonly durables: readonly DurableFacts[];
}

export interface StreamFacts {
  readonly name: string;
  readonly kind: StreamPlan['kind'];
  readonly missing: boolean;
  /** What is otherwise than planned: `key is this, planned that`. */
  readonly differs: readonly string[];
  /** The sequence of its last message. */
  readonly lastSeq: number;
  /** Copies that do not have all, by the name of their server. On a busy log that is so for moments. */
  readonly behind: readonly {
    readonly server: string;
    readonly messages: number;
    readonly offline: boolean;
  }[];
}

export interface DurableFacts {
  readonly stream: string;
  readonly durable: string;
  readonly missing: boolean;
  readonly differs: readonly string[];
  /** What is to be delivered for the first time. */
  readonly pending: number;
  /** What is out with somebody, or was given back and waits for its time. */
  readonly out: number;
  /** Requests of processes that want deliveries; 0: nobody asks, or whoever asks has all hands full. */
  readonly asking: number;
  /** The stream's sequence up to which all is acknowledged. */
  readonly ackFloor: number;
  /** An outsider's: whether somebody takes its deliveries is not ours to see to. */
  readonly outside: boolean;
}

/** No such stream, no such consumer. */
const MISSING: readonly number[] = [code.noStream, code.noConsumer];
const TIMEOUT_MS = 5_000;

/**
 * Looks at everything of the plan, as a user who may ask for it (`admin`).
 * @throws what the client throws when the broker does not answer.
 */
export async function inspectBroker(nc: NatsConnection, plan: BrokerPlan): Promise<BrokerFacts> {
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: TIMEOUT_MS });
  const offsets: number[] = [];
  const streams: StreamFacts[] = [];
  for (const stream of plan.streams) {
    const sentAt = Date.now();
    const info = await unlessMissing(manager.streams.info(stream.name));
    if (info?.ts !== undefined) offsets.push((sentAt + Date.now()) / 2 - Date.parse(info.ts));
    streams.push(streamFacts(stream, info));
  }
  const durables: DurableFacts[] = [];
  for (const durable of plan.durables) durables.push(await inspectDurable(manager, durable));
  // Every answer is wrong by half its way at most; the middle one is not the one that was held up.
  const middle = offsets.sort((a, b) => a - b)[Math.floor(offsets.length / 2)];
  return { version: nc.info?.version ?? 'unknown', clockOffsetMs: middle, streams, durables };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JetStreamApiError && MISSING.includes(error.code)) return undefined;
    throw error;
  }
}

function streamFacts(plan: StreamPlan, info: StreamInfo | undefined): StreamFacts {
  const { name, kind } = plan;
  if (!info) return { name, kind, missing: true, differs: [], lastSeq: 0, behind: [] };
  const replicas = info.cluster?.replicas ?? [];
  const behind = replicas
    .filter(({ current, offline, lag }) => !current || offline || (lag ?? 0) > 0)
    .map(({ name: server, lag, offline }) => ({ server, messages: lag ?? 0, offline: offline ?? false }));
  const differs = differencesOf(plan, info.config);
  return { name, kind, missing: false, differs, lastSeq: info.state.last_seq, behind };
}

function differencesOf(plan: StreamPlan, actual: StreamInfo['config']): string[] {
  const platformId = actual.metadata?.['platformId'];
  if (platformId === undefined) return ['platformId is not in its metadata, planned is one'];
  try {
    if (!changeOf(plan, actual, platformId)) return [];
  } catch (error) {
    return [messageOf(error)];
  }
  const wanted = streamConfig(plan, platformId);
  const keys = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((key) => key !== 'metadata');
  return keys
    .filter((key) => textOf(wanted[key]) !== textOf(actual[key] ?? false))
    .map((key) => `${key} is ${textOf(actual[key])}, planned ${textOf(wanted[key])}`);
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');

/** Looks at one durable. */
async function inspectDurable(manager: JetStreamManager, plan: DurablePlan): Promise<DurableFacts> {
  const { stream, durable, outside = false } = plan;
  const info = await unlessMissing(manager.consumers.info(stream, durable));
  if (!info)
    return {
      stream,
      durable,
      missing: true,
      differs: [],
      pending: 0,
      out: 0,
      asking: 0,
      ackFloor: 0,
      outside,
    };
  const { config } = info;
  const filters = config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['filters', [...filters].sort(), [...plan.filters].sort()],
    ['ack_wait', config.ack_wait, nanos(plan.ackWaitMs)],
    ['max_ack_pending', config.max_ack_pending, plan.maxAckPending],
    ['max_deliver', config.max_deliver, -1],
    ['backoff', config.backoff ?? [], []],
  ];
  const differs = pairs
    .filter(([, actual, planned]) => textOf(actual) !== textOf(planned))
    .map(([key, actual, planned]) => `${key} is ${textOf(actual)}, planned ${textOf(planned)}`);
  return {
    stream,
    durable,
    missing: false,
    differs,
    pending: info.num_pending,
    out: info.num_ack_pending,
    asking: info.num_waiting,
    ackFloor: info.ack_floor.stream_seq,
    outside,
  };
}
