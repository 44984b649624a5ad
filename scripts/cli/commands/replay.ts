import type { EventLog } from '@refrain/event-log';
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { refuseAbsent } from '../guests/left-out.ts';
import { text } from '../options.ts';
import type { Output } from '../output.ts';
import { IncidentReader } from '../replay/incident.ts';
import { linesOf } from '../replay/replay-lines.ts';
import {
  type Done,
  endOfSpan,
  isFrom,
  type ReplayAsked,
  readReplay,
  replayService,
  type TimedReplay,
} from '../replay/replay-service.ts';
import { type AskedRule, readRule, whatIf } from '../replay/what-if.ts';
import { linesOf as whatIfLines } from '../replay/what-if-lines.ts';
import { findShop } from '../shop-at.ts';
import { tellMissing } from '../shop-log/entity-name.ts';
import { isWithin } from '../shop-log/log-position.ts';
import { withShopLog } from '../shop-log/open.ts';
import { commitsOf } from '../shop-log/reading.ts';

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
    const { options: typed, operands, env, out } = context;
    refuseAbsent('replay', operands[0] ?? '', env);
    const asked = readReplay(operands[0] ?? '', typed);
    const { service } = asked.definition.contract.$contract;
    const rule = typed.retryRule === undefined ? undefined : readRule(typed.retryRule);
    if (rule && Object.keys(asked.definition.contract.$contract.effects).length === 0)
      throw new UsageError(
        `refrain replay: --retry-rule: ${service} has no effects, so nothing of it is retried. Nothing was read.`,
      );
    if (rule && asked.entity)
      throw new UsageError('refrain replay: --retry-rule takes no --entity. Nothing was read.');
    return await withShopLog(findShop(env), async (log) => {
      const last = await endOfSpan(log, asked);
      if (rule) return await tellWhatIf(log, { ...asked, rule, last }, out);
      const report = await replayService(log, asked, telling(out));
      out.progress('');
      if (!report) return tellMissing(out, { service, name: typed.entity ?? '', existsLater: false });
      return tellReplay(report, out);
    });
  },
});

/** How often progress is told, in milliseconds. */
const TELL_EVERY_MS = 200;

/** `12000 of 100000 commits, 34000/s, 3 s left`. */
function telling(out: Output): (done: Done) => void {
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

function tellReplay(report: TimedReplay, out: Output): number {
  for (const line of linesOf(report, report)) out.line(line);
  if (report.notDecided['cause not found'] > 0)
    out.note('Events that lie too far apart are found with --entity, if they are in the logs at all.');
  out.document(report);
  return report.different > 0 ? exit.finding : exit.fine;
}

async function tellWhatIf(
  log: EventLog,
  asked: ReplayAsked & { rule: AskedRule; last: number },
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
