import type { EventLog } from '@refrain/event-log';
import { decisionsOf, readingOf, replayLog } from '@refrain/replay';
import type { ServiceDefinition } from '@refrain/runtime';
import { type Context, defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { refuseGuest } from '../guests/left-out.ts';
import { text } from '../options.ts';
import type { Output } from '../output.ts';
import { IncidentReader } from '../replay/incident.ts';
import { linesOf, rateOf } from '../replay/replay-lines.ts';
import { type AskedRule, readRule, whatIf } from '../replay/what-if.ts';
import { linesOf as whatIfLines } from '../replay/what-if-lines.ts';
import { findShop } from '../shop-at.ts';
import { entityIn, tellMissing } from '../shop-log/entity-name.ts';
import { kindOf, unknown } from '../shop-log/entity-states.ts';
import { checkOrder, endBehind, isWithin, type LogPosition, readPosition } from '../shop-log/log-position.ts';
import { withShopLog } from '../shop-log/open.ts';
import { commitsOf } from '../shop-log/reading.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

const options = {
  from: text('SEQ|TIME', 'decisions from that sequence of its log on, or from that time on (the start)'),
  to: text(
    'SEQ|TIME',
    'up to that sequence, or that time, itself included; UTC where it names no zone (now)',
  ),
  entity: text('TYPE/ID', 'only the decisions of this entity'),
  retryRule: text(
    'RULE',
    'decides nothing: how would the calls have gone with attempts=4,firstDelayMs=1000,maxDelayMs=10000',
  ),
};

export const command = defineCommand({
  name: 'replay',
  summary: 'Makes the decisions in a service’s log again by today’s code, and tells those that differ.',
  operands: '<service>',
  operandCount: { min: 1, max: 1 },
  options,
  notes: [
    'Nothing is called and nothing is recorded. Exit code 1: a decision differs.',
    '--retry-rule takes some of attempts, firstDelayMs and maxDelayMs, also as a JSON object.',
  ],
  async run(context) {
    const { options: asked, operands, env, out } = context;
    refuseGuest('replay', operands[0] ?? '', env);
    const definition = definitionOf(operands[0] ?? '');
    const { service } = definition.contract.$contract;
    const span = spanOf(asked);
    const rule = asked.retryRule === undefined ? undefined : readRule(asked.retryRule);
    const entity = asked.entity === undefined ? undefined : readEntity(service, asked.entity);
    if (rule && Object.keys(definition.contract.$contract.effects).length === 0)
      throw new UsageError(
        `refrain replay: --retry-rule: ${service} has no effects, so nothing of it is retried. Nothing was read.`,
      );
    if (rule && entity)
      throw new UsageError('refrain replay: --retry-rule takes no --entity. Nothing was read.');
    return await withShopLog(findShop(env), async (log) => {
      const ends = { ...(span.from && { 'replay: --from': span.from }), 'replay: --to': span.to };
      const last = await endBehind(log, service, ends, Date.now());
      if (rule) return await tellWhatIf(log, { definition, span, rule, last }, out);
      if (entity && (await log.load({ service, ...entity }, 0)).length === 0)
        return tellMissing(out, { service, name: asked.entity ?? '', existsLater: false });
      return await replay(log, { definition, span, entity }, out);
    });
  },
});

function definitionOf(service: string): ServiceDefinition {
  const definitions = shopDefinitions();
  const found = definitions.find(({ contract }) => contract.$contract.service === service);
  if (found) return found;
  const expected = definitions.map(({ contract }) => contract.$contract.service);
  throw unknown('replay', 'service', { found: service, expected });
}

type EntityName = { readonly entityType: string; readonly entityId: string };

function readEntity(service: string, typed: string): EntityName {
  const entity = entityIn(typed);
  if (!entity)
    throw new UsageError(
      `refrain replay: --entity: expected <entityType>/<entityId>, found "${typed}". Nothing was read.`,
    );
  kindOf(service, entity.entityType, 'replay');
  return entity;
}

interface Span {
  readonly from: LogPosition | undefined;
  readonly to: LogPosition;
}

function spanOf({ from, to }: Context<typeof options>['options']): Span {
  const span = {
    from: from === undefined ? undefined : readPosition(from, 'replay: --from'),
    to: readPosition(to, 'replay: --to'),
  };
  checkOrder('replay', span.from, span.to);
  return span;
}

/** Itself included: what was stored at that sequence, or at that time, and all that follows. */
function isFrom(from: LogPosition | undefined, { seq, at }: { seq: number; at: number }): boolean {
  if (from?.kind === 'sequence') return seq >= from.seq;
  return from?.kind !== 'time' || at >= from.at;
}

/** How often progress is told, in milliseconds. */
const TELL_EVERY_MS = 200;

/** `12000 of 100000 commits, 34000/s, 3 s left`. */
function telling(out: Output): (done: { read: number; seq: number; lastSeq: number }) => void {
  const startedAt = performance.now();
  let toldAt = 0;
  return ({ read, seq, lastSeq }) => {
    const now = performance.now();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    const spentS = (now - startedAt) / 1_000;
    const left = Math.ceil((spentS / seq) * (lastSeq - seq));
    out.progress(`${seq} of ${lastSeq} commits, ${Math.round(read / spentS)}/s, ${left} s left`);
  };
}

async function replay(
  log: EventLog,
  { definition, span, entity }: { definition: ServiceDefinition; span: Span; entity: EntityName | undefined },
  out: Output,
): Promise<number> {
  const startedAt = performance.now();
  const report = await replayLog({
    log: readingOf(log),
    decisions: decisionsOf(definition),
    entity,
    isJudged: (commit) => isFrom(span.from, commit) && isWithin(span.to, commit),
    isOver: (commit) => !isWithin(span.to, commit),
    onProgress: telling(out),
  });
  const took = { seconds: (performance.now() - startedAt) / 1_000 };
  out.progress('');
  for (const line of linesOf(report, took)) out.line(line);
  if (report.notDecided['cause not found'] > 0)
    out.note('Events that lie too far apart are found with --entity, if they are in the logs at all.');
  out.document({ ...report, ...took, commitsPerSecond: rateOf(report, took) });
  return report.different > 0 ? exit.finding : exit.fine;
}

async function tellWhatIf(
  log: EventLog,
  asked: { definition: ServiceDefinition; span: Span; rule: AskedRule; last: number },
  out: Output,
): Promise<number> {
  const { definition, span, rule, last } = asked;
  const contract = definition.contract.$contract;
  const reader = new IncidentReader(contract);
  const tell = telling(out);
  for await (const commit of commitsOf(log, contract.service, { from: 1, to: last })) {
    if (!isWithin(span.to, commit)) break;
    if (isFrom(span.from, commit)) reader.add(commit);
    if (commit.seq % 1_000 === 0) tell({ read: commit.seq, seq: commit.seq, lastSeq: last });
  }
  out.progress('');
  const found = whatIf(reader.incident(), rule);
  for (const line of whatIfLines(contract.service, found)) out.line(line);
  out.document({ service: contract.service, ...found });
  return exit.fine;
}
