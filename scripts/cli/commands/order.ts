import { randomUUID } from 'node:crypto';
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { integerOr, text, textOr } from '../options.ts';
import { follow, isSettled } from '../orders/follow.ts';
import { asMoney, readLines } from '../orders/lines.ts';
import { createOrdersClient, type Order } from '../orders/orders-client.ts';
import { findShop, urlOf } from '../shop-at.ts';

/** A moment's restart of the service is waited for, a shop that is down is not. */
const patienceMs = 3_000;

export const command = defineCommand({
  name: 'order',
  summary: 'Places one order and follows it until it settles.',
  operands: '<sku:qty…>',
  operandCount: { min: 1, max: 100 },
  options: {
    pay: textOr('METHOD', 'the payment method; pm_card_chargeDeclined is declined', 'pm_card_visa'),
    key: text('K', 'the idempotency key; the same key again gives the same order (drawn anew)'),
    email: textOr('ADDRESS', 'where the mail goes', 'customer@example.com'),
    timeout: integerOr('SECONDS', 'how long to follow it', 60, { min: 1, max: 86_400 }),
  },
  notes: ['Sold here: tea-001 to tea-009 at 1.50 to 9.50 EUR, rare-001 at 99.00 EUR.'],
  async run({ options, operands, env, out }) {
    const lines = readLines(operands);
    const client = createOrdersClient({ url: urlOf(findShop(env), 'orders'), patienceMs });
    const startedMs = performance.now();
    const key = options.key ?? `cli-${randomUUID()}`;
    const request = { customer: { email: options.email }, lines, paymentMethod: options.pay };
    const answer = await client.place(request, key);
    if (answer.outcome === 'refused') {
      throw new UsageError(
        `refrain order: the shop refused it (${answer.status}): ${answer.why.replace(/\.$/, '')}. Nothing was ordered.`,
      );
    }
    const { orderId, replayed } = answer;
    if (replayed) out.line(`${orderId}  was placed before with this key`);
    const changes: { status: string; afterMs: number }[] = [];
    const followed = follow(client, orderId, {
      untilMs: startedMs + options.timeout * 1_000,
      onChange: (seen) => {
        const afterMs = Math.round(performance.now() - startedMs);
        changes.push({ status: seen.status, afterMs });
        out.line(`${orderId}  ${describe(seen).padEnd(28)}  ${(afterMs / 1_000).toFixed(2)} s`);
      },
    });
    const order = await followed.catch((error: unknown) => {
      out.note(`${orderId} was placed, with --key ${key}. It could not be followed:`);
      throw error;
    });
    out.document({ ...order, key, replayed, changes });
    if (isSettled(order)) return exit.fine;
    out.note(
      `${orderId} has not settled within ${options.timeout} s, it is ${order.status}. ` +
        `Whether it goes on by itself or waits for a person: npx refrain trace ${orderId}`,
    );
    return exit.finding;
  },
});

function describe({ status, reason, total }: Order): string {
  if (status === 'placed' && total) return `placed, ${asMoney(total)}`;
  return reason === undefined ? status : `${status}: ${reason}`;
}
