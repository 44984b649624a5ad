import { RefrainError } from '@refrain/errors';
import {
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  StoreCompression,
} from '@nats-io/jetstream';
import { nanos } from 'nats';
import { TOLD_BYTES_MAX } from '@refrain/event-log';
import type { StreamPlan } from './topology.ts';

type Wanted = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

/** No limit of any kind: a limit on the truth is a loss with a date. */
const UNLIMITED = {
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  max_consumers: -1,
};

/**
 * What outsiders told is no truth: what was decided of it is. It is kept as long as a recovery may go back,
 * and at its bounds the broker refuses what is told, so that whoever tells it knows.
 */
const INTAKE = {
  max_age: nanos(7 * 24 * 60 * 60 * 1_000),
  max_bytes: 256 * 1024 * 1024,
  max_msg_size: TOLD_BYTES_MAX,
  discard: DiscardPolicy.New,
};

/** Values kept of each key: the most that key-value clients of NATS know. */
const BUCKET_HISTORY = 64;

/**
 * Of each key of a bucket of snapshots the last value; of all together so many, each at most 256 KiB. What is
 * oldest goes first: whoever misses it reads the log.
 */
const SNAPSHOTS_MAX = 4_096;

/** A stream as Refrain makes it. */
export function streamConfig(plan: StreamPlan, platformId: string): Wanted {
  const common = {
    name: plan.name,
    subjects: [...plan.subjects],
    storage: StorageType.File,
    num_replicas: plan.replicas,
    duplicate_window: nanos(plan.duplicateWindowMs),
    discard: DiscardPolicy.Old,
    metadata: { platformId },
    ...UNLIMITED,
  };
  if (plan.kind === 'schedules')
    return { ...common, retention: RetentionPolicy.Workqueue, allow_msg_schedules: true };
  if (plan.kind === 'snapshots')
    return {
      ...common,
      retention: RetentionPolicy.Limits,
      compression: StoreCompression.S2,
      max_msgs: SNAPSHOTS_MAX,
      max_msgs_per_subject: 1,
      allow_direct: true,
      allow_msg_schedules: false,
    };
  if (plan.kind === 'bucket')
    return {
      ...common,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: BUCKET_HISTORY,
      allow_direct: true,
      deny_delete: true, // who pinned what and why stays on record until newer values take its place
      allow_msg_schedules: false,
      ...(plan.republish && { republish: plan.republish }),
    };
  if (plan.kind === 'intake')
    return {
      ...common,
      ...INTAKE,
      retention: RetentionPolicy.Limits,
      allow_direct: true,
      deny_delete: true,
      deny_purge: true,
      allow_msg_schedules: false,
    };
  return {
    ...common,
    retention: RetentionPolicy.Limits,
    compression: StoreCompression.S2,
    allow_direct: true,
    deny_delete: true,
    deny_purge: true,
    allow_msg_schedules: false,
  };
}

/** Cannot be changed on a stream with content, or not without losing some of it. */
const FIXED = ['storage', 'retention', 'allow_msg_schedules'] as const;

/**
 * The whole configuration to update the stream to, or `undefined` when it is as planned.
 * @throws RF_TOPOLOGY for a storage, retention or use of schedules that differs, a subject or a replica
 * too many.
 */
export function changeOf(plan: StreamPlan, actual: StreamConfig, platformId: string): Wanted | undefined {
  const wanted = streamConfig(plan, platformId);
  for (const key of FIXED) refuse(plan, key, actual[key] ?? false, wanted[key] ?? false);
  const dropped = actual.subjects.filter((subject) => !wanted.subjects.includes(subject));
  if (dropped.length > 0) refuse(plan, 'subjects', actual.subjects, wanted.subjects);
  if (actual.num_replicas > plan.replicas) refuse(plan, 'replicas', actual.num_replicas, plan.replicas);
  const keys = Object.keys(wanted) as (keyof StreamConfig)[];
  const differs = keys.some((key) => key !== 'metadata' && text(wanted[key]) !== text(actual[key] ?? false));
  if (!differs && actual.metadata?.['platformId'] === platformId) return undefined;
  return { ...actual, ...wanted, metadata: { ...actual.metadata, platformId } };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function refuse(plan: StreamPlan, key: string, actual: unknown, expected: unknown): void {
  if (text(actual) === text(expected)) return;
  throw new RefrainError('RF_TOPOLOGY', {
    what: `${key} of ${plan.name}`,
    actual: text(actual),
    expected: text(expected),
  });
}
