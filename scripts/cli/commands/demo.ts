import { randomInt } from 'node:crypto';
import { readArguments } from '../arguments.ts';
import { type Command, type Context, defineCommand } from '../command.ts';
import { mix } from '../demo/mix.ts';
import { runDemo } from '../demo/run.ts';
import { linesOf, summarise } from '../demo/summary.ts';
import { exit } from '../errors.ts';
import { integer, integerOr } from '../options.ts';
import { createOrdersClient } from '../orders/orders-client.ts';
import type { Output } from '../output.ts';
import { importCommand } from '../registry.ts';
import { findShop, urlOf } from '../shop-at.ts';

/** A service may be started again while a demo runs: a repeat bears the same key. */
const patienceMs = 30_000;
const seedMax = 2 ** 31 - 1;

export const command = defineCommand({
  name: 'demo',
  summary: 'Places a mix of orders, follows all of them, and ends with the audit.',
  operands: '',
  options: {
    orders: integerOr('N', 'how many', 50, { min: 1, max: 1_000_000 }),
    rate: integerOr('R', 'how many a second', 25, { min: 1, max: 10_000 }),
    seed: integer('S', 'the same seed gives the same orders under the same keys (drawn anew)', {
      min: 0,
      max: seedMax,
    }),
    timeout: integerOr('SECONDS', 'how long one order may take', 60, { min: 1, max: 86_400 }),
  },
  notes: [
    'The mix: good orders, declined cards, too little stock, several lines, requests sent twice at once,',
    'a key used again for another order, cancellations by the customer.',
  ],
  async run(context) {
    const { options, env, out } = context;
    const client = createOrdersClient({ url: urlOf(findShop(env), 'orders'), patienceMs });
    const seed = options.seed ?? randomInt(1_000_000);
    out.line(`${options.orders} orders at ${options.rate} a second; again with --seed ${seed}`);
    const results = await runDemo(client, mix(seed, options.orders), {
      rate: options.rate,
      timeoutMs: options.timeout * 1_000,
      onProgress: (ended, underWay) =>
        out.progress(`${ended} of ${options.orders} settled, ${underWay} under way`),
    });
    out.progress('');
    const summary = summarise(seed, results);
    for (const line of linesOf(summary)) out.line(line);
    const audited = await runAudit(context);
    out.document({ ...summary, ...(audited.document !== undefined && { audit: audited.document }) });
    const found = summary.broken.length > 0 || summary.unsettled.length > 0;
    return found ? exit.finding : audited.code;
  },
});

interface AuditModule {
  readonly command: Command;
  audit(context: Context): Promise<number>;
}

/** The audit's words go where the demo's go; its document becomes a part of the demo's. */
async function runAudit({
  env,
  out,
}: Pick<Context, 'env' | 'out'>): Promise<{ code: number; document?: unknown }> {
  const module = (await importCommand('audit')) as AuditModule;
  let document: unknown;
  const within: Output = { ...out, document: (value) => void (document = value) };
  const code = await module.audit({ ...readArguments(module.command, []), env, out: within });
  return { code, document };
}
