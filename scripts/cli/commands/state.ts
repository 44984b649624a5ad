import { canonicalJson } from '@refrain/contract-kit';
import { EntityState } from '@refrain/runtime';
import { type Context, defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { refuseAbsent, tellLeftOut } from '../guests/left-out.ts';
import { onOff, text } from '../options.ts';
import { findShop } from '../shop-at.ts';
import {
  type EntityReport,
  kindOf,
  kindsOfShop,
  reportOf,
  ServiceStates,
} from '../shop-log/entity-states.ts';
import { endBehind, isWithin, type LogPosition, readPosition } from '../shop-log/log-position.ts';
import { readEntityName, tellMissing } from '../shop-log/entity-name.ts';
import { withShopLog } from '../shop-log/open.ts';
import { commitsOf } from '../shop-log/reading.ts';
import { plural } from '../plural.ts';

const options = {
  at: text(
    'SEQ|TIME',
    'as it was at that sequence of its service’s log, or at that time, UTC where it names no zone (now)',
  ),
  all: onOff('every entity of every service, in an order that depends on the log alone'),
};

export const command = defineCommand({
  name: 'state',
  summary:
    'Rebuilds an entity from the log, and nothing but the log: refrain state payments charge/<orderId>.',
  operands: '<service> <entityType>/<entityId>',
  operandCount: { min: 0, max: 2 },
  options,
  notes: ['state --all --json before and after a rebuild is the same, byte for byte.'],
  async run({ options: asked, operands, env, out }) {
    const position = readPosition(asked.at);
    if (asked.all) return await showAll({ operands, position, env, out });
    const { service, entityType, entityId } = readEntityName(operands, 'state', ' or --all');
    refuseAbsent('state', service, env);
    const kind = kindOf(service, entityType, 'state');
    const name = `${entityType}/${entityId}`;
    return await withShopLog(findShop(env), async (log) => {
      await endBehind(log, service, { 'state: --at': position }, Date.now());
      const found = new EntityState({ service, entityType, entityId }, kind);
      let at = 0;
      const commits = await log.load(found.entity, 0);
      for (const commit of commits) {
        if (!isWithin(position, commit)) break;
        found.apply(commit);
        at = commit.at;
      }
      if (found.seq === 0) return tellMissing(out, { service, name, existsLater: commits.length > 0 });
      const report = reportOf(found, at);
      for (const line of linesOf(report)) out.line(line);
      out.document(report);
      return exit.fine;
    });
  },
});

async function showAll({
  operands,
  position,
  env,
  out,
}: Pick<Context, 'operands' | 'env' | 'out'> & { position: LogPosition }): Promise<number> {
  if (operands.length > 0 || position.kind === 'sequence')
    throw new UsageError('refrain state: --all takes no entity and no sequence. Nothing was read.');
  const shop: Record<string, EntityReport[]> = {};
  await withShopLog(findShop(env), async (log) => {
    await endBehind(log, 'orders', { 'state: --at': position }, Date.now());
    for (const [service, kinds] of kindsOfShop()) {
      const states = new ServiceStates(kinds);
      const to = await log.lastSequence(service);
      for await (const commit of commitsOf(log, service, { from: 1, to })) {
        if (!isWithin(position, commit)) break;
        states.add(commit);
        if (commit.seq % 1_000 === 0) out.progress(`reading ${service}: ${commit.seq} of ${to}`);
      }
      shop[service] = states.reports();
    }
  });
  out.progress('');
  tellLeftOut(out, env, 'Their deciders lie in their own repositories.');
  for (const reports of Object.values(shop))
    for (const { service, entity, seq, state } of reports)
      out.line(`${service} ${entity} ${seq} ${canonicalJson(state)}`);
  // In one order of members, whatever order they came about in.
  out.document(JSON.parse(canonicalJson(shop)));
  return exit.fine;
}

function linesOf({ service, entity, seq, at, state, operations }: EntityReport): string[] {
  return [
    `${service} ${entity} at ${seq}, ${at}`,
    JSON.stringify(state, undefined, 2),
    ...operations.map(({ id, effect, status, attempts, lastFailure, due }) =>
      [
        `operation ${id}: ${effect} is ${status}, ${plural(attempts, 'attempt')} on record`,
        ...(lastFailure === undefined ? [] : [`last ${lastFailure}`]),
        ...(due === undefined ? [] : [`due ${due}`]),
      ].join(', '),
    ),
  ];
}
