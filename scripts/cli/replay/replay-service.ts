import type { EventLog } from '@refrain/event-log';
import { decisionsOf, readingOf, replayLog, type ReplayReport } from '@refrain/replay';
import type { ServiceDefinition } from '@refrain/runtime';
import { cutIdHint } from '../cut-id.ts';
import { UsageError } from '../errors.ts';
import { entityIn } from '../shop-log/entity-name.ts';
import { kindOf, unknown } from '../shop-log/entity-states.ts';
import { checkOrder, endBehind, isWithin, type LogPosition, readPosition } from '../shop-log/log-position.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';
import { rateOf } from './replay-lines.ts';

type EntityName = { readonly entityType: string; readonly entityId: string };

export interface Span {
  readonly from: LogPosition | undefined;
  readonly to: LogPosition;
}

/** What is to be decided again. */
export interface ReplayAsked {
  readonly definition: ServiceDefinition;
  readonly span: Span;
  readonly entity: EntityName | undefined;
}

/** A replay, and how long it took. */
export interface TimedReplay extends ReplayReport {
  readonly seconds: number;
  readonly commitsPerSecond: number;
}

/** Reads what was typed. @throws UsageError for what there is not; nothing was read. */
export function readReplay(
  service: string,
  { from, to, entity }: { from?: string | undefined; to?: string | undefined; entity?: string | undefined },
): ReplayAsked {
  return {
    definition: definitionOf(service),
    span: spanOf({ from, to }),
    entity: entity === undefined ? undefined : readEntity(service, entity),
  };
}

function definitionOf(service: string): ServiceDefinition {
  const definitions = shopDefinitions();
  const found = definitions.find(({ contract }) => contract.$contract.service === service);
  if (found) return found;
  const expected = definitions.map(({ contract }) => contract.$contract.service);
  throw unknown('replay', 'service', { found: service, expected });
}

function readEntity(service: string, typed: string): EntityName {
  const entity = entityIn(typed);
  if (!entity)
    throw new UsageError(
      `refrain replay: --entity: expected <entityType>/<entityId>, found "${typed}". Nothing was read.${cutIdHint(typed)}`,
    );
  kindOf(service, entity.entityType, 'replay');
  return entity;
}

function spanOf({ from, to }: { from: string | undefined; to: string | undefined }): Span {
  const span = {
    from: from === undefined ? undefined : readPosition(from, 'replay: --from'),
    to: readPosition(to, 'replay: --to'),
  };
  checkOrder('replay', span.from, span.to);
  return span;
}

/** The end of the log, after a look whether the span lies within it. @throws UsageError where it does not. */
export async function endOfSpan(log: EventLog, { definition, span }: ReplayAsked): Promise<number> {
  const ends = { ...(span.from && { 'replay: --from': span.from }), 'replay: --to': span.to };
  return await endBehind(log, definition.contract.$contract.service, ends, Date.now());
}

/** Itself included: what was stored at that sequence, or at that time, and all that follows. */
export function isFrom(from: LogPosition | undefined, { seq, at }: { seq: number; at: number }): boolean {
  if (from?.kind === 'sequence') return seq >= from.seq;
  return from?.kind !== 'time' || at >= from.at;
}

export interface Done {
  readonly read: number;
  readonly seq: number;
  readonly lastSeq: number;
}

/** Decides again; `undefined` where the entity that was asked for is not in the log. */
export async function replayService(
  log: EventLog,
  { definition, span, entity }: ReplayAsked,
  onProgress: (done: Done) => void,
): Promise<TimedReplay | undefined> {
  const { service } = definition.contract.$contract;
  if (entity && (await log.load({ service, ...entity }, 0, 1)).length === 0) return undefined;
  const startedAt = performance.now();
  const report = await replayLog({
    log: readingOf(log),
    decisions: decisionsOf(definition),
    entity,
    isJudged: (commit) => isFrom(span.from, commit) && isWithin(span.to, commit),
    isOver: (commit) => !isWithin(span.to, commit),
    onProgress,
  });
  const took = { seconds: (performance.now() - startedAt) / 1_000 };
  return { ...report, ...took, commitsPerSecond: rateOf(report, took) };
}
