import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { refuseAbsent } from '../guests/left-out.ts';
import { text } from '../options.ts';
import { changesOf, linesOf } from '../replay/entity-changes.ts';
import { findShop } from '../shop-at.ts';
import { readEntityName, tellMissing } from '../shop-log/entity-name.ts';
import { kindOf } from '../shop-log/entity-states.ts';
import { checkOrder, endBehind, isWithin, readPosition } from '../shop-log/log-position.ts';
import { withShopLog } from '../shop-log/open.ts';
import { plural } from '../plural.ts';

const options = {
  from: text(
    'SEQ|TIME',
    'what came after that sequence of its service’s log, or after that time (the start)',
  ),
  to: text(
    'SEQ|TIME',
    'up to that sequence, or that time, itself included; UTC where it names no zone (now)',
  ),
};

export const command = defineCommand({
  name: 'diff',
  summary: 'Which event changed which field of an entity: refrain diff payments charge/<orderId>.',
  operands: '<service> <entityType>/<entityId>',
  operandCount: { min: 0, max: 2 },
  options,
  async run({ options: asked, operands, env, out }) {
    const from = asked.from === undefined ? undefined : readPosition(asked.from, 'diff: --from');
    const to = readPosition(asked.to, 'diff: --to');
    checkOrder('diff', from, to);
    const { service, entityType, entityId } = readEntityName(operands, 'diff');
    refuseAbsent('diff', service, env);
    const kind = kindOf(service, entityType, 'diff');
    const name = `${entityType}/${entityId}`;
    return await withShopLog(findShop(env), async (log) => {
      const ends = { ...(from && { 'diff: --from': from }), 'diff: --to': to };
      await endBehind(log, service, ends, Date.now());
      const all = await log.load({ service, entityType, entityId }, 0);
      const commits = all.filter((commit) => isWithin(to, commit));
      if (commits.length === 0) return tellMissing(out, { service, name, existsLater: all.length > 0 });
      const isTold = (commit: { seq: number; at: number }): boolean => !from || !isWithin(from, commit);
      const events = changesOf({ service, entityType, entityId }, kind, commits, isTold);
      out.line(`${service} ${name}: ${plural(events.length, 'event')}`);
      for (const line of linesOf(events)) out.line(line);
      out.document({ service, entity: name, from: asked.from ?? null, to: asked.to ?? null, events });
      return exit.fine;
    });
  },
});
