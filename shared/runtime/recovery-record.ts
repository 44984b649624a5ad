import { Bug } from '@refrain/errors';
import type { Bucket, DurableRef, Kept } from '@refrain/event-log';
import type { FloorNote, Recovery } from './lost-tail.ts';

/** What stands in the bucket of recoveries, by key. STORED FORMAT, version 1: JSON with `v`. */
const recoveryKeys = {
  recovery: 'recovery',
  floor: ({ service, durable }: DurableRef): string => `floor.${service}.${durable}`,
  flows: (service: string, part: number): string => `flows.${service}.${part}`,
  report: (service: string): string => `report.${service}`,
} as const;

/** How many values of a key a bucket keeps: floors are noted each minute, so they reach back an hour. */
const NOTES_MAX = 64;

/** An operation that was parked as unknown, or an act that was found, and where. */
export interface Parked {
  readonly operation: string;
  readonly effect: string;
  readonly entity: string;
  readonly correlation: string;
}

/** `recorded`: what the log has of it now; `problem`: why it could not be recorded. */
export interface Found extends Parked {
  /** The provider's name for it. */
  readonly ref: string;
  readonly recorded: readonly string[];
  readonly problem?: string;
}

/** What a service did about a lost tail before it went on. */
export interface RecoveryReport {
  readonly service: string;
  readonly parked: readonly Parked[];
  readonly found: readonly Found[];
  /** Acts of others at the same provider: left alone. */
  readonly foreign: number;
}

interface Stored {
  readonly v: 1;
}
interface StoredRecovery extends Stored {
  readonly id: string;
  readonly phase: Recovery['phase'];
  readonly since: number;
  readonly ends?: Recovery['ends'];
  /** Missing in the first record of a recovery: it is the time of that record itself. */
  readonly at?: number;
}

function parsed(kept: Kept): object {
  const value = JSON.parse(kept.value) as Stored;
  if (value.v !== 1) throw new Bug(`a recovery of the format ${String(value.v)}, this build knows 1`);
  return value;
}

const text = (value: object): string => JSON.stringify({ v: 1, ...value });

/** The id of a recovery in its record as it is stored. */
export const recoveryIdOf = (record: string | undefined): string | undefined =>
  record === undefined ? undefined : (JSON.parse(record) as StoredRecovery).id;

/** The last recovery, and the revision under which it stands. */
export async function readRecovery(
  bucket: Bucket,
): Promise<{ recovery: Recovery | undefined; revision: number }> {
  const kept = await bucket.read(recoveryKeys.recovery);
  if (!kept) return { recovery: undefined, revision: 0 };
  const { id, phase, since, at = kept.at, ends = {} } = parsed(kept) as StoredRecovery;
  return { recovery: { id, phase, since, at, ends }, revision: kept.revision };
}

/** @returns the new revision, or `undefined` when somebody else wrote meanwhile. */
export const writeRecovery = async (
  bucket: Bucket,
  recovery: Omit<Recovery, 'at'> & Partial<Pick<Recovery, 'at'>>,
  revision: number,
): Promise<number | undefined> => await bucket.write(recoveryKeys.recovery, text(recovery), revision);

/** Notes the floor of a durable, at most once in `everyMs` over all instances. */
export async function noteFloor(
  bucket: Bucket,
  ref: DurableRef,
  floor: () => Promise<number>,
  when: { readonly now: number; readonly everyMs: number },
): Promise<void> {
  const key = recoveryKeys.floor(ref);
  const last = await bucket.read(key);
  if (last && when.now - last.at < when.everyMs) return;
  // Where another instance was faster, its note is as good.
  await bucket.write(key, text({ floor: await floor() }), last?.revision ?? 0);
}

/** What was noted of a durable's floor, newest first. */
export async function floorNotes(bucket: Bucket, ref: DurableRef, limit = NOTES_MAX): Promise<FloorNote[]> {
  const kept = await bucket.history(recoveryKeys.floor(ref), limit);
  return kept.map((one) => ({ floor: (parsed(one) as { floor: number }).floor, at: one.at }));
}

/** Flows of one part: their ids have 26 characters, and a value must stay below a message's bound. */
const FLOWS_OF_PART = 4_000;

interface StoredFlows extends Stored {
  readonly id: string;
  readonly parts: number;
  readonly flows: readonly string[];
}

/** Keeps the flows that are in doubt for a service; again under the same recovery, it is the same. */
export async function writeFlows(
  bucket: Bucket,
  to: { readonly service: string; readonly id: string },
  flows: readonly string[],
): Promise<void> {
  const parts = Math.max(1, Math.ceil(flows.length / FLOWS_OF_PART));
  for (let part = 0; part < parts; part++) {
    const key = recoveryKeys.flows(to.service, part);
    const slice = flows.slice(part * FLOWS_OF_PART, (part + 1) * FLOWS_OF_PART);
    const last = await bucket.read(key);
    await bucket.write(key, text({ id: to.id, parts, flows: slice }), last?.revision ?? 0);
  }
}

/** The flows that are in doubt for a service; none for one that the recovery did not know. */
export async function readFlows(
  bucket: Bucket,
  { service, id }: { readonly service: string; readonly id: string },
): Promise<ReadonlySet<string>> {
  const flows = new Set<string>();
  for (let part = 0, parts = 1; part < parts; part++) {
    const kept = await bucket.read(recoveryKeys.flows(service, part));
    const stored = kept && (parsed(kept) as StoredFlows);
    if (stored?.id !== id) break;
    parts = stored.parts;
    for (const flow of stored.flows) flows.add(flow);
  }
  return flows;
}

interface AskedReport {
  readonly service: string;
  readonly id: string;
}

const reportOf = async (bucket: Bucket, { service, id }: AskedReport) => {
  const kept = await bucket.read(recoveryKeys.report(service));
  const stored = kept && (parsed(kept) as { id: string; report: RecoveryReport });
  return stored?.id === id ? { at: kept?.at, report: stored.report } : undefined;
};

/** What a service did in a recovery; `undefined` as long as it has not ended its part. */
export const readReport = async (bucket: Bucket, asked: AskedReport): Promise<RecoveryReport | undefined> =>
  (await reportOf(bucket, asked))?.report;

/** When a service had ended its part of a recovery, milliseconds since 1970; `undefined`: it has not. */
export const reportedAt = async (bucket: Bucket, asked: AskedReport): Promise<number | undefined> =>
  (await reportOf(bucket, asked))?.at;

/** The first of a service's instances that has ended tells; the others have nothing to add. */
export async function writeReport(bucket: Bucket, id: string, report: RecoveryReport): Promise<void> {
  if (await readReport(bucket, { service: report.service, id })) return;
  const key = recoveryKeys.report(report.service);
  const last = await bucket.read(key);
  await bucket.write(key, text({ id, report }), last?.revision ?? 0);
}
