import { registryOf } from '@refrain/runtime';
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { guestsOf } from '../guests/guest-list.ts';
import { tellLater } from '../later-services.ts';
import { findShop } from '../shop-at.ts';
import { withShopLog } from '../shop-log/open.ts';
import { eventsOfFlow, type FlowEvent, unsafeOperations } from '../trace/flow-events.ts';
import { linesOf } from '../trace/lines.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';
import { outsideOf } from '../trace/outside.ts';
import { treesOf, withoutData } from '../trace/tree.ts';
import { cutIdHint, missingIdHint } from '../cut-id.ts';

export const command = defineCommand({
  name: 'trace',
  summary:
    'Shows an order through all services: events under their causes, attempts, calls, money, the mail.',
  operands: '<orderId>',
  operandCount: { min: 1, max: 1 },
  options: {},
  async run({ operands, env, out }) {
    const [orderId = ''] = operands;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(orderId))
      throw new UsageError(
        `refrain trace: expected the id of an order, found "${orderId}". Nothing was read.${cutIdHint(orderId)}`,
      );
    const shop = findShop(env);
    const guests = guestsOf(shop.dataFolder);
    const events = await withShopLog(shop, async (log) => await eventsOfFlow(log, orderId, guests));
    tellLater(out, shop);
    if (events.length === 0) {
      out.note(`The log knows no order ${orderId}.${missingIdHint(orderId)}`);
      out.document({
        error: { code: 'FINDING', message: `the log knows no order ${orderId}`, exit: exit.finding },
      });
      return exit.finding;
    }
    const operations = [...new Set(events.flatMap(({ operation }) => operation ?? []))];
    const { facts, missing } = await outsideOf(shop, orderId, operations);
    const unsafe = unsafeOperations(events, shopDefinitions().map(registryOf));
    const trees = treesOf({ events, facts, unsafe });
    out.line(`order ${orderId}, placed ${new Date(events[0]?.at ?? 0).toISOString()}, ${endOf(events)}`);
    for (const line of linesOf(trees)) out.line(line);
    for (const name of missing) out.note(`${name} did not answer: what it knows is missing here.`);
    out.document({ orderId, operations, events, outside: facts, missing, tree: trees.map(withoutData) });
    return exit.fine;
  },
});

function endOf(events: readonly FlowEvent[]): string {
  const end = events.find(({ type }) => type === 'OrderCompleted' || type === 'OrderCancelled');
  if (!end) return 'not settled';
  const { reason } = end.data as { reason?: string };
  const how = end.type === 'OrderCompleted' ? 'completed' : 'cancelled';
  return `${how}${reason === undefined ? '' : ` (${reason})`} after ${end.at - (events[0]?.at ?? 0)} ms`;
}
