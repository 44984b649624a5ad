import { intakeOf } from '@refrain/contract-kit';
import { RefrainError } from '@refrain/errors';
import {
  type DurableDeclaration,
  outsiderDurableOf,
  type ServiceTopology,
  streamOf,
  subjectsOf,
} from '@refrain/event-log';
import {
  alarmSubject,
  DUE_DURABLE,
  dueSubject,
  GOVERNOR_STREAM,
  governorKeySubject,
  RECOVERY_STREAM,
  recoveryKeySubject,
  scheduleStreamOf,
  snapshotKeySubject,
  snapshotStreamOf,
  storedWordSubject,
  wordSubject,
} from './names.ts';
import {
  adminUser,
  auditUser,
  governorUser,
  outsiderUsers,
  serviceUser,
  type UserPlan,
} from './user-plans.ts';

export interface StreamPlan {
  readonly name: string;
  /**
   * `events` is the truth and is never lost; `schedules` can be made again from it; `bucket` is what
   * governors share or a recovery leans on, the latest values of each key; `snapshots` may go at any time.
   * `intake` is what outsiders told, kept until it surely is decided.
   */
  readonly kind: 'events' | 'schedules' | 'bucket' | 'snapshots' | 'intake';
  readonly subjects: readonly string[];
  readonly duplicateWindowMs: number;
  readonly replicas: number;
  /** What is stored on one of these subjects is heard at once on the other. */
  readonly republish?: { readonly src: string; readonly dest: string };
}

export interface DurablePlan {
  readonly stream: string;
  readonly durable: string;
  /** Empty: everything. */
  readonly filters: readonly string[];
  readonly from: 'now' | 'beginning';
  readonly maxAckPending: number;
  readonly ackWaitMs: number;
  /** An outsider takes its deliveries, or nobody does: that is not ours to see to. */
  readonly outside?: true;
}

/** All that Refrain has on a broker, as a value. */
export interface BrokerPlan {
  readonly streams: readonly StreamPlan[];
  readonly durables: readonly DurablePlan[];
  readonly users: readonly UserPlan[];
  /** Taken for a broker that has none yet; default: drawn. */
  readonly platformId?: string | undefined;
}

export interface PlanOptions {
  readonly platformId?: string | undefined;
  /**
   * How long the broker itself knows a commit again, in milliseconds. Default 120_000; nothing relies on it.
   */
  readonly duplicateWindowMs?: number;
  /** 1 or 3. Default 1. */
  readonly replicas?: number;
}

/** A firing is settled in well under this time; it is set again, not held. */
const DUE_ACK_WAIT_MS = 30_000;
const DUE_MAX_ACK_PENDING = 1_000;
/** An outsider that dies gets again what it had not settled. */
const OUTSIDE_ACK_WAIT_MS = 30_000;
const OUTSIDE_MAX_ACK_PENDING = 256;
/** A write to a bucket is repeated for some seconds. */
const BUCKET_DUPLICATE_WINDOW_MS = 120_000;

/**
 * The streams, durables and users that these services need.
 * @throws RF_TOPOLOGY_PLAN when two services would share a stream, or a durable is declared
 * twice or reads an unknown service.
 */
export function brokerPlan(services: readonly ServiceTopology[], options: PlanOptions = {}): BrokerPlan {
  const { platformId, duplicateWindowMs = 120_000, replicas = 1 } = options;
  const streamsOfServices = services.flatMap((s) => streamsOf(s, { duplicateWindowMs, replicas }));
  const durables = services.flatMap((s) => [
    ...s.durables.map(planDurable),
    ...(s.schedules ? [planDue(s.service)] : []),
    ...planHearing(s),
  ]);
  const snapshots = services.map(({ service }) => snapshotBucket(service, replicas));
  const streams = [...streamsOfServices, governorBucket(replicas), recoveryBucket(replicas), ...snapshots];
  unique(
    'stream',
    streams.map(({ name }) => name),
  );
  unique(
    'durable',
    durables.map(({ stream, durable }) => `${stream}/${durable}`),
  );
  for (const { stream, durable } of durables)
    if (!streams.some(({ name }) => name === stream))
      throw unusable(`durable ${durable} reads ${stream}, which nobody owns`);
  const events = streams.filter(({ kind }) => kind === 'events').map(({ name }) => name);
  const clocks = streams.filter(({ kind }) => kind === 'schedules').map(({ name }) => name);
  const audit = auditUser(
    events,
    snapshots.map(({ name }) => name),
  );
  const users = [
    adminUser(clocks),
    audit,
    governorUser(),
    ...services.map(serviceUser),
    ...outsiderUsers(services),
  ];
  unique(
    'user',
    users.map(({ name }) => name),
  );
  return { streams, durables, users, platformId };
}

/** Its log, its alarms, and what outsiders tell it, where there are such. */
function streamsOf(
  { service, schedules, outsiders = [] }: ServiceTopology,
  stored: Pick<StreamPlan, 'duplicateWindowMs' | 'replicas'>,
): StreamPlan[] {
  const events: StreamPlan = {
    name: streamOf(service),
    kind: 'events',
    subjects: [subjectsOf(service)],
    ...stored,
  };
  const clocks: StreamPlan = {
    name: scheduleStreamOf(service),
    kind: 'schedules',
    subjects: [alarmSubject(service, '*'), dueSubject(service, '*')],
    ...stored,
  };
  const intake: StreamPlan = {
    name: streamOf(intakeOf(service)),
    kind: 'intake',
    subjects: [subjectsOf(intakeOf(service))],
    ...stored,
  };
  const tells = outsiders.some((outsider) => outsider.tells);
  return [events, ...(schedules ? [clocks] : []), ...(tells ? [intake] : [])];
}

function planDurable(d: DurableDeclaration): DurablePlan {
  const filters = d.entityTypes.map((entityType) => subjectsOf(d.stream, entityType));
  const { durable, from, maxAckPending, ackWaitMs } = d;
  return { stream: streamOf(d.stream), durable, filters, from, maxAckPending, ackWaitMs };
}

/** What an outsider hears, from the beginning: the durable keeps where it is, whenever it runs. */
const planHearing = ({ service, outsiders = [] }: ServiceTopology): DurablePlan[] =>
  outsiders
    .filter(({ hears }) => hears.length > 0)
    .map(({ name, hears }) => ({
      stream: streamOf(service),
      durable: outsiderDurableOf(name),
      filters: hears.map((entityType) => subjectsOf(service, entityType)),
      from: 'beginning',
      maxAckPending: OUTSIDE_MAX_ACK_PENDING,
      ackWaitMs: OUTSIDE_ACK_WAIT_MS,
      outside: true,
    }));

const planDue = (service: string): DurablePlan => ({
  stream: scheduleStreamOf(service),
  durable: DUE_DURABLE,
  filters: [dueSubject(service, '*')],
  from: 'beginning',
  maxAckPending: DUE_MAX_ACK_PENDING,
  ackWaitMs: DUE_ACK_WAIT_MS,
});

const unusable = (problem: string): RefrainError => new RefrainError('RF_TOPOLOGY_PLAN', { problem });

function unique(what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw unusable(`${what} ${twice} is declared twice`);
}

/**
 * Republished, since a consumer may go stale for a minute without a sign; a core subscription cannot. Only
 * words are: who holds the lease and why somebody pinned one is no service's business.
 */
const governorBucket = (replicas: number): StreamPlan => ({
  name: GOVERNOR_STREAM,
  kind: 'bucket',
  subjects: [governorKeySubject('>')],
  duplicateWindowMs: BUCKET_DUPLICATE_WINDOW_MS,
  replicas,
  republish: { src: storedWordSubject('*'), dest: wordSubject('{{wildcard(1)}}') },
});

/** Floors as services note them, the recovery, and what became of it. */
const recoveryBucket = (replicas: number): StreamPlan => ({
  name: RECOVERY_STREAM,
  kind: 'bucket',
  subjects: [recoveryKeySubject('>')],
  duplicateWindowMs: BUCKET_DUPLICATE_WINDOW_MS,
  replicas,
});

/** What a service keeps of its own so that it starts faster. Others' are none of its business. */
const snapshotBucket = (service: string, replicas: number): StreamPlan => ({
  name: snapshotStreamOf(service),
  kind: 'snapshots',
  subjects: [snapshotKeySubject(service, '>')],
  duplicateWindowMs: BUCKET_DUPLICATE_WINDOW_MS,
  replicas,
});
