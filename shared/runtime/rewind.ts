import { isIntake } from '@refrain/contract-kit';
import { RefrainError } from '@refrain/errors';
import {
  type Clock,
  type DurableRef,
  type EventLog,
  outsiderDurableOf,
  type Recovering,
  type ServiceTopology,
} from '@refrain/event-log';
import type { ServiceDefinition } from './definition.ts';
import { FlowsInDoubt } from './flows-in-doubt.ts';
import { reachOf, type Recovery, rewoundFloor } from './lost-tail.ts';
import { floorNotes, readRecovery, reportedAt, writeFlows, writeRecovery } from './recovery-record.ts';
import { topologyOf } from './topology.ts';

export interface RewindParts {
  readonly log: Pick<EventLog, 'read' | 'lastSequence'>;
  readonly recovering: Recovering;
  readonly clock: Clock;
  readonly definitions: readonly ServiceDefinition[];
  /** Services of which only this is known: their durables are put back, what they called for is not known. */
  readonly guests?: readonly ServiceTopology[] | undefined;
  /** Longest time to wait until every process has gone, in milliseconds. Default 30_000. */
  readonly quietMs?: number | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** A durable that was put back. */
export interface Rewound {
  readonly service: string;
  readonly durable: string;
  readonly from: number;
  readonly to: number;
}

export interface RewindResult {
  readonly recovery: Recovery;
  /** It had ended before: nothing was done. */
  readonly again: boolean;
  readonly durables: readonly Rewound[];
  /** By service, how many flows of before it may have called the world for and not know it. */
  readonly flows: Readonly<Record<string, number>>;
}

const LOOK_EVERY_MS = 250;
const PAGE = 500;

/**
 * When a shop surely lived last: the time of the last thing that is stored, be it a note of a floor.
 * `undefined`: nothing is stored.
 */
export async function lastSignOfLife({
  log,
  recovering,
  definitions,
  guests = [],
}: Pick<RewindParts, 'log' | 'recovering' | 'definitions' | 'guests'>): Promise<number | undefined> {
  const signs: number[] = [];
  for (const { service, durables } of [...definitions.map(topologyOf), ...guests]) {
    const [commit] = await log.read(service, Math.max(1, await log.lastSequence(service)), 1);
    if (commit) signs.push(commit.at);
    for (const { stream, durable } of durables) {
      const [note] = await floorNotes(recovering.bucket, { service: stream, durable }, 1);
      if (note) signs.push(note.at);
    }
  }
  return signs.length === 0 ? undefined : Math.max(...signs);
}

/** A recovery that is asked for. */
export interface RecoveryAsked {
  /** Names it: under the same name it is done once. */
  readonly id: string;
  /** From when on the tail may be missing, in milliseconds since 1970. */
  readonly since: number;
  /** The one before, where it is kept beside the store: the cut may have taken its record. */
  readonly before?: { readonly id: string; readonly since: number } | undefined;
}

/**
 * The first part of a recovery, and the only one that may touch durables: whoever works must have gone, then
 * each durable is put back to where it surely was before the cut. Services do the rest before they call
 * anybody again. Broken off, it is gone on with under the same id; one of before that has not surely ended is
 * taken along: this one goes back as far.
 *
 * @throws RF_RECOVERY_BUSY when processes still take deliveries: nothing was rewound, and they hold still.
 */
export async function rewind(parts: RewindParts, asked: RecoveryAsked): Promise<RewindResult> {
  const { recovering, onProgress = () => {} } = parts;
  const begun = await begin(parts, asked);
  if (begun.recovery.phase === 'rewound')
    return { recovery: begun.recovery, again: true, durables: [], flows: {} };
  const topologies = [...parts.definitions.map(topologyOf), ...(parts.guests ?? [])];
  const refs = topologies
    .flatMap(({ durables: declared }) => declared)
    .map(({ stream, durable }) => ({ service: stream, durable }));
  await untilQuiet(parts, refs, asked.id);
  const ends: Record<string, number> = {};
  const logs = [...topologies, ...refs].map(({ service }) => service);
  for (const log of new Set(logs)) ends[log] = await parts.log.lastSequence(log);
  const durables: Rewound[] = [];
  // An outsider notes no floors, and is not waited for: it hears all again, under the same ids.
  for (const ref of [...refs, ...outsideOf(topologies)]) {
    const { floor: from } = await recovering.durables.stateOf(ref);
    const notes = await floorNotes(recovering.bucket, ref);
    const to = rewoundFloor(notes, begun.recovery.since, {
      floor: from,
      lastSequence: ends[ref.service] ?? 0,
    });
    await recovering.durables.rewind(ref, to);
    durables.push({ ...ref, from, to });
    onProgress(`${ref.durable} on ${ref.service}: back from ${from} to ${to}`);
  }
  const flows = await keepFlows(parts, begun.recovery);
  const recovery: Recovery = { ...begun.recovery, phase: 'rewound', ends };
  if ((await writeRecovery(recovering.bucket, recovery, begun.revision)) === undefined)
    throw new RefrainError('RF_RECOVERY_BUSY', { id: asked.id, problem: 'another recovery began meanwhile' });
  return { recovery, again: false, durables, flows };
}

const outsideOf = (topologies: readonly ServiceTopology[]): DurableRef[] =>
  topologies.flatMap(({ service, outsiders = [] }) =>
    outsiders
      .filter(({ hears }) => hears.length > 0)
      .map(({ name }) => ({ service, durable: outsiderDurableOf(name) })),
  );

/** From this moment on every process that sees it stops, and none begins. */
async function begin(
  { recovering: { bucket }, definitions }: RewindParts,
  { id, since, before }: RecoveryAsked,
): Promise<{ recovery: Recovery; revision: number }> {
  const callers = definitions.filter(({ effects }) => effects.length > 0).map(topologyOf);
  for (;;) {
    const { recovery, revision } = await readRecovery(bucket);
    if (recovery?.id === id) return { recovery, revision };
    const endedAt: (number | undefined)[] = [];
    if (recovery)
      for (const { service } of callers) endedAt.push(await reportedAt(bucket, { service, id: recovery.id }));
    const isKnown = before === undefined || before.id === recovery?.id;
    const reach = reachOf(since, recovery && { ...recovery, endedAt }, isKnown ? undefined : before);
    await writeRecovery(bucket, { id, since: reach, phase: 'rewinding', ends: {} }, revision);
  }
}

async function untilQuiet(
  { recovering, clock, quietMs = 30_000, onProgress = () => {} }: RewindParts,
  refs: readonly DurableRef[],
  id: string,
): Promise<void> {
  const giveUpAt = clock.now() + quietMs;
  for (;;) {
    const busy: string[] = [];
    for (const ref of refs) if ((await recovering.durables.stateOf(ref)).asked) busy.push(ref.durable);
    if (busy.length === 0) return;
    const problem = `processes still take the deliveries of ${busy.join(', ')}`;
    if (clock.now() >= giveUpAt) throw new RefrainError('RF_RECOVERY_BUSY', { id, problem });
    onProgress(problem);
    await clock.sleep(LOOK_EVERY_MS);
  }
}

/** Reads the logs once for each service that calls the world: what it may have done for whom. */
async function keepFlows(
  { log, recovering, definitions, onProgress = () => {} }: RewindParts,
  { id, since }: Recovery,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const definition of definitions) {
    if (definition.effects.length === 0) continue;
    const { service, durables } = topologyOf(definition);
    const flows = new FlowsInDoubt(definition.contract.$contract, since);
    for (const source of new Set([service, ...durables.map(({ stream }) => stream)])) {
      if (isIntake(source)) continue; // what is told there is of no flow yet
      onProgress(`reading ${source} for ${service}`);
      for (let from = 1; ; ) {
        const commits = await log.read(source, from, PAGE);
        for (const commit of commits) flows.add(commit);
        if (commits.length === 0) break;
        from = (commits.at(-1)?.seq ?? from) + 1;
      }
    }
    const list = flows.list();
    await writeFlows(recovering.bucket, { service, id }, list);
    counts[service] = list.length;
  }
  return counts;
}
