import { jetstreamManager } from '@nats-io/jetstream';
import type { Bucket } from '@refrain/event-log';
import type { NatsConnection } from 'nats';
import { jetStreamBucket } from './bucket.ts';
import { snapshotKeySubject, snapshotStreamOf } from './names.ts';

/** For one request, and for its repeats, in milliseconds: without an answer the log is read. */
const TIMES = { timeoutMs: 1_000, giveUpMs: 3_000 };

/** Where a service keeps its snapshots. It may read and write its own bucket, and no other's. */
export const jetStreamSnapshots = (nc: NatsConnection, service: string): Bucket =>
  jetStreamBucket(nc, {
    stream: snapshotStreamOf(service),
    subjectOf: (key) => snapshotKeySubject(service, key),
    owner: `the snapshots of ${service}`,
    ...TIMES,
  });

/** Which keys there are in a service's bucket, for those who look at all of them. */
export async function snapshotKeys(nc: NatsConnection, service: string): Promise<string[]> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const prefix = snapshotKeySubject(service, '');
  const { state } = await manager.streams.info(snapshotStreamOf(service), { subjects_filter: `${prefix}>` });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
}
